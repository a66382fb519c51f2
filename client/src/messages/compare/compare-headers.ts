import { HEADER_SOURCES, type HeaderSource } from '../../../../server/contract/messages.ts';
import type { MessageDetail, TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import { differenceOf, type Difference } from './difference.ts';

export interface ComparedHeader {
  name: string;
  difference: Difference;
  left: TypedHeader | undefined;
  right: TypedHeader | undefined;
}

type Headers = Pick<MessageDetail, 'headersTyped' | 'headerSources'>;

/**
 * The headers of two messages side by side, by name; of a repeated name the first with the first and so on. Another
 * type is a difference too. The application's own come first.
 */
export function compareHeaders(left: Headers, right: Headers): ComparedHeader[] {
  const rights = numbered(right);
  const pairs = [...numbered(left)].map(([key, one]) => ({ one, other: rights.get(key) }));
  const seen = new Set(numbered(left).keys());
  const added = [...rights].flatMap(([key, other]) => (seen.has(key) ? [] : [{ one: undefined, other }]));
  return [...pairs, ...added]
    .sort((first, second) => rank(first.one ?? first.other) - rank(second.one ?? second.other))
    .map(({ one, other }) => ({
      name: one?.header.name ?? other?.header.name ?? '',
      difference: differenceOf(one && JSON.stringify(one.header), other && JSON.stringify(other.header)),
      left: one?.header,
      right: other?.header,
    }));
}

interface Numbered {
  header: TypedHeader;
  source: HeaderSource;
}

/** Each header by its name and the how manieth of that name it is. */
function numbered({ headersTyped, headerSources }: Headers): Map<string, Numbered> {
  const counts = new Map<string, number>();
  return new Map(
    headersTyped.map((header, index) => {
      const count = (counts.get(header.name) ?? 0) + 1;
      counts.set(header.name, count);
      return [`${count} ${header.name}`, { header, source: headerSources[index] ?? 'application' }];
    }),
  );
}

function rank(header: Numbered | undefined): number {
  return header ? HEADER_SOURCES.indexOf(header.source) : HEADER_SOURCES.length;
}
