import { HEADER_SOURCES, type HeaderSource } from '../../../server/contract/messages.ts';
import type { TypedHeader } from '../../../server/contract/schemas/messages.ts';

export interface HeaderGroup {
  source: HeaderSource;
  headers: readonly TypedHeader[];
}

/** The headers by who put them there, each group in the order of the message; the application's own first. */
export function headerGroups(headers: readonly TypedHeader[], sources: readonly HeaderSource[]): HeaderGroup[] {
  return HEADER_SOURCES.map((source) => ({
    source,
    headers: headers.filter((_header, index) => (sources[index] ?? 'application') === source),
  })).filter((group) => group.headers.length > 0);
}
