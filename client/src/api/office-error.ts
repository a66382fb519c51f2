import type { ErrorCode } from '../../../server/contract/errors.ts';

/** The codes that the console itself adds to those of the API. */
export type ClientErrorCode = 'client.unreachable' | 'client.notJson' | 'client.unexpected';

export interface OfficeErrorDetails {
  /** HTTP status; 0 when no answer came. */
  status: number;
  detail?: string | undefined;
  params?: Readonly<Record<string, unknown>> | undefined;
  /** Field → code, of a 400 answer. */
  fields?: Readonly<Record<string, string>> | undefined;
  requestId?: string | undefined;
  cause?: unknown;
}

/**
 * A call to the office that did not succeed. `message` is a translation key (`errors.<code>`), because react-admin
 * passes the message of an error through `translate`.
 */
export class OfficeError extends Error {
  readonly code: ErrorCode | ClientErrorCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;

  constructor(code: ErrorCode | ClientErrorCode, details: OfficeErrorDetails) {
    super(`errors.${code}`, { cause: details.cause });
    this.name = 'OfficeError';
    this.code = code;
    this.status = details.status;
    this.detail = details.detail;
    this.params = details.params ?? {};
    this.fields = details.fields ?? {};
    this.requestId = details.requestId;
  }

  /** Whether the office may have acted although no proper answer came. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.code === 'client.notJson' || this.status >= 500;
  }
}
