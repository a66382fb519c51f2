import { z } from 'zod';

import type { List } from '../contract/schemas/lists.ts';
import type { Message, MessageListQuery } from '../contract/schemas/messages.ts';
import type { Database } from '../database/connect.ts';
import type { Scope } from '../web/route.ts';
import { AppError } from '../web/app-error.ts';
import { COUNT_CAP, decodeCursor, encodeCursor, listAnswer, pagingOf } from '../web/list-query.ts';

import { resolveFilter } from './message-filter.ts';
import { readMessages } from './message-rows.ts';
import { countMessages, searchMessages } from './message-search.ts';

const cursorShape = z.tuple([z.enum(['-failedAt', 'failedAt', '-id', 'id']), z.string().regex(/^\d{1,19}$/)]);

/**
 * One page of failed messages, of those that are in scope.
 *
 * @throws AppError `page.tooDeep`, `cursor.invalid`, `request.malformed`.
 */
export async function listMessages(database: Database, query: MessageListQuery, scope: Scope): Promise<List<Message>> {
  const { page, perPage, after, before, sort = '-failedAt', ...filter } = query;
  if (filter.outcome !== undefined && filter.operationId === undefined) {
    throw new AppError('request.malformed', {
      detail: 'outcome needs operationId.',
      errors: { outcome: 'field.invalid' },
    });
  }
  const paging = pagingOf({ page, perPage, after, before });
  const place = (cursor: string) => {
    const [cursorSort, value] = decodeCursor(cursor, cursorShape);
    if (cursorSort !== sort)
      throw new AppError('cursor.invalid', { detail: 'The cursor belongs to another sort order.' });
    return value;
  };
  const resolved = await resolveFilter(database, filter, scope);
  const [{ found, searchedTo }, count] = await Promise.all([
    searchMessages(database, {
      filter: resolved,
      sort,
      limit: paging.limit,
      offset: paging.offset,
      ...(paging.after === undefined ? {} : { after: place(paging.after) }),
      ...(paging.before === undefined ? {} : { before: place(paging.before) }),
    }),
    countMessages(database, resolved, sort),
  ]);
  const messages = new Map(
    (
      await readMessages(
        database,
        found.map(({ id }) => id),
        scope,
      )
    ).map((message) => [message.id, message]),
  );
  const rows = found.flatMap((row) => {
    const message = messages.get(row.id);
    return message === undefined ? [] : [{ ...row, message }];
  });
  const answer = listAnswer({
    rows,
    paging,
    toItem: ({ message }) => message,
    cursorOf: ({ sortValue }) => encodeCursor([sort, sortValue]),
    counted: count.exact ? count.counted : COUNT_CAP,
    ...(searchedTo === undefined
      ? {}
      : { searched: { to: await timeOf(database, searchedTo), cursor: encodeCursor([sort, searchedTo]) } }),
  });
  return count.exact ? answer : { ...answer, totalAtLeast: count.counted };
}

/** When the death with this id arrived: how far a search looked, in words for people. */
async function timeOf(database: Database, deathId: string): Promise<string> {
  const row: unknown = await database('deaths').where('id', '<=', deathId).orderBy('id', 'desc').first('arrived_at');
  return z.object({ arrived_at: z.date() }).parse(row).arrived_at.toISOString();
}
