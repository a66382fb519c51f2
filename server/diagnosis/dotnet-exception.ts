/** `Acme.Orders.NoStockException: 0 left`; the rest of the line is its message. */
const EXCEPTION =
  /(?<![\p{L}\p{N}_.])((?:[\p{L}_][\p{L}\p{N}_]{0,100}\.){1,20}[\p{L}_][\p{L}\p{N}_]{0,100}): ([^\r\n]*)/gu;
const MAX_EXCEPTIONS = 50;
/** It wraps the errors of several tries or tasks; what failed is inside. */
const WRAPPER = 'System.AggregateException';

export interface DotnetException {
  type: string;
  message: string;
}

/**
 * The first exception in a text as .NET writes one (`Exception.ToString()`) that is not an `AggregateException`, else
 * that. Null where there is none. Time is linear in the text.
 */
export function readDotnetException(text: string): DotnetException | null {
  let wrapper: DotnetException | null = null;
  let seen = 0;
  for (const [, type = '', message = ''] of text.matchAll(EXCEPTION)) {
    seen += 1;
    if (seen > MAX_EXCEPTIONS) break;
    if (!type.endsWith('Exception')) continue;
    if (type !== WRAPPER) return { type, message };
    wrapper ??= { type, message };
  }
  return wrapper;
}
