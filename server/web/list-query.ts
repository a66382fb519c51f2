import { z } from 'zod';

import type { List } from '../contract/schemas/lists.ts';

import { AppError } from './app-error.ts';

/** Rows of one page when the call does not say. */
const DEFAULT_PER_PAGE = 25;
/** Counting stops here: one more than what is shown exactly. */
export const COUNT_CAP = 10_001;
/** The deepest row that `page` may reach; the cursors go on from there. */
const DEEPEST_ROW = 10_000;

/** The paging of one list call, checked. */
export interface Paging {
  limit: number;
  /** 0 with a cursor. */
  offset: number;
  after?: string;
  before?: string;
}

interface PagingQuery {
  page?: number | undefined;
  perPage?: number | undefined;
  after?: string | undefined;
  before?: string | undefined;
}

/**
 * @throws AppError `page.tooDeep` beyond 10 000 rows, `request.malformed` when page and cursor are mixed.
 */
export function pagingOf(query: PagingQuery): Paging {
  const limit = query.perPage ?? DEFAULT_PER_PAGE;
  const given = [query.page, query.after, query.before].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new AppError('request.malformed', {
      detail: 'Give one of page, after and before.',
      errors: { page: 'field.invalid' },
    });
  }
  const page = query.page ?? 1;
  if (page * limit > DEEPEST_ROW) throw new AppError('page.tooDeep');
  return {
    limit,
    offset: (page - 1) * limit,
    ...(query.after === undefined ? {} : { after: query.after }),
    ...(query.before === undefined ? {} : { before: query.before }),
  };
}

const cursorParts = z.array(z.union([z.string().max(256), z.number()])).max(8);

/** A cursor is opaque to clients: the sort values of a row. */
export function encodeCursor(parts: (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws AppError `cursor.invalid` for anything that `encodeCursor` did not make with these parts. */
export function decodeCursor<T extends z.ZodType>(cursor: string, shape: T): z.infer<T> {
  try {
    const parts = cursorParts.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return shape.parse(parts);
  } catch (cause) {
    throw new AppError('cursor.invalid', { cause });
  }
}

/** One answered list: `rows` may hold one row more than the page, which only says that there is a next one. */
export function listAnswer<Row, Item>(options: {
  rows: readonly Row[];
  paging: Paging;
  toItem: (row: Row) => Item;
  cursorOf: (row: Row) => string;
  /** Counted rows, at most `COUNT_CAP`. */
  counted: number;
  /** Set when a bounded search ended before the page was full: how far it looked (a time), and where to go on. */
  searched?: { to: string; cursor: string };
}): List<Item> {
  const { paging, counted, searched } = options;
  const backwards = paging.before !== undefined;
  const more = options.rows.length > paging.limit;
  // Read backwards with `before`, rows arrive nearest first; the page is shown in the list's order.
  const page = options.rows.slice(0, paging.limit);
  if (backwards) page.reverse();
  const [first, last] = [page[0], page.at(-1)];
  const after = searched?.cursor ?? (last === undefined ? undefined : options.cursorOf(last));
  return {
    data: page.map(options.toItem),
    pageInfo: {
      hasNextPage: backwards || more || searched !== undefined,
      hasPreviousPage: backwards ? more : paging.after !== undefined || paging.offset > 0,
      ...(after === undefined ? {} : { after }),
      ...(first === undefined ? {} : { before: options.cursorOf(first) }),
      ...(searched === undefined ? {} : { searchedTo: searched.to }),
    },
    total: counted < COUNT_CAP ? counted : null,
    totalAtLeast: Math.min(counted, COUNT_CAP),
  };
}
