import { pino, type Logger } from 'pino';

/**
 * The process's log: JSON lines on stdout. Errors are reduced to what names the fault: the database driver puts whole
 * statements with their values into its messages, and those hold message bodies, which never go into a log.
 */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  });
}

interface DescribedError {
  type: string;
  code?: string;
  message?: string;
  at?: string[];
  cause?: DescribedError;
}

/** Frames of a stack that a log line shows. */
const MAX_FRAMES = 12;

/** Type, code and place of an error, and its message when it is one of ours or of Node.js. */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const code: unknown = Reflect.get(error, 'code');
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(isFromDatabase(error) ? {} : { message: error.message.slice(0, 1000) }),
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, MAX_FRAMES)
      .map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function isFromDatabase(error: Error): boolean {
  return 'sql' in error || 'sqlMessage' in error || 'sqlState' in error;
}
