import { ERRORS, type ErrorCode, type FieldError } from '../contract/errors.ts';

/** What an `AppError` can carry beside its code. */
export interface AppErrorOptions {
  /** A sentence for people that says more than the code's title. Never text from a message. */
  detail?: string;
  /** Values that the client puts into the translated text. */
  params?: Record<string, string | number>;
  /** Field → what is wrong with it. */
  errors?: Record<string, FieldError>;
  /** For 503 and 429: when to try again, in seconds. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** An answer other than success, by its stable code. Anything else that is thrown becomes `server.fault`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly options: AppErrorOptions;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? ERRORS[code].title, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.options = options;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
