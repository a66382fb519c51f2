import type { Book } from './book.ts';

/** One place where a message of the book was found. */
export interface Found {
  number: number | null;
  /** Kept as a message of its own that may be another one: `possibleDuplicateOf`. */
  marked: boolean;
}

export interface Tally {
  messages: number;
  lost: number;
  /** More often there than it was published, and not marked. */
  doubled: number;
  marked: number;
  /** What is wrong, for a failure's message. */
  details: string[];
}

const MOST_DETAILS = 10;

/** Compares what was published with what was found, number by number. */
export function tally(book: Book, found: readonly Found[]): Tally {
  const copies = new Map<number, { there: number; marked: number }>();
  const details: string[] = [];
  let [lost, doubled, marked] = [0, 0, 0];
  for (const one of found) {
    if (one.number === null || !book.entries.has(one.number)) {
      details.push('something that was never published');
      doubled += 1;
      continue;
    }
    const known = copies.get(one.number) ?? { there: 0, marked: 0 };
    copies.set(one.number, { there: known.there + 1, marked: known.marked + (one.marked ? 1 : 0) });
    if (one.marked) marked += 1;
  }
  for (const entry of book.entries.values()) {
    const { there, marked: inDoubt } = copies.get(entry.number) ?? { there: 0, marked: 0 };
    const missing = Math.max(0, entry.copies - there);
    const surplus = Math.max(0, there - entry.copies - inDoubt);
    lost += missing;
    doubled += surplus;
    if (missing + surplus > 0) details.push(`number ${entry.number}: ${there} of ${entry.copies}, ${inDoubt} marked`);
  }
  return { messages: book.messages, lost, doubled, marked, details: details.slice(0, MOST_DETAILS) };
}
