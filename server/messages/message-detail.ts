import { z } from 'zod';

import type { BrokerTerms } from '../amqp/broker-terms.ts';
import type { MessageDetail } from '../contract/schemas/messages.ts';
import type { Database } from '../database/connect.ts';
import { idColumn } from '../database/columns.ts';
import { AppError } from '../web/app-error.ts';

import { bodyPreview, PREVIEW_BYTES } from './body-preview.ts';
import { readContentsPreview, type StoredEnvelope } from './contents-store.ts';
import { readDeaths } from './death-rows.ts';
import { nameList, readMessages } from './message-rows.ts';
import { readableHeaders } from './readable-headers.ts';
import { resendable } from './resendable.ts';

type Contents = (StoredEnvelope & { bodyStart: Buffer }) | null;

/**
 * Everything about one failed message, as its latest death brought it.
 *
 * @throws AppError `message.notFound`.
 */
export async function readMessageDetail(database: Database, id: string, terms: BrokerTerms): Promise<MessageDetail> {
  const [[message], deaths, contents] = await Promise.all([
    readMessages(database, [id]),
    readDeaths(database, [id]),
    readLatestContents(database, id),
  ]);
  const latest = deaths.at(-1)?.death;
  if (message === undefined || latest === undefined) throw new AppError('message.notFound');
  const headers = contents?.headers ?? [];
  return {
    ...message,
    errorMessage: latest.errorMessage,
    stackTrace: latest.stackTrace,
    properties: contents?.properties ?? {},
    headers: readableHeaders(headers),
    headersTyped: headers,
    bodyPreview: contents === null ? null : bodyPreview(contents.bodyStart, contents.bodySize),
    deaths: deaths.map(({ death }) => death),
    resendable: resendable(
      {
        exchange: latest.exchange,
        routingKeys: latest.routingKeys,
        queue: latest.queue,
        contentsPurged: contents === null,
        bodySize: contents?.bodySize ?? 0,
        stripHeaders: contents?.stripHeaders ?? [],
        ...(contents === null ? {} : { contents }),
      },
      terms,
    ),
    edits: [],
  };
}

/** Null when the contents were removed after their retention term. */
async function readLatestContents(database: Database, messageId: string): Promise<Contents> {
  const { contentId, stripHeaders } = await readLatest(database, messageId);
  try {
    const contents = await readContentsPreview(database, contentId, PREVIEW_BYTES);
    return { ...contents, stripHeaders: [...contents.stripHeaders, ...stripHeaders] };
  } catch (error) {
    if (error instanceof AppError && error.code === 'message.contentsPurged') return null;
    throw error;
  }
}

/**
 * Where the contents of a message's latest death are.
 *
 * @throws AppError `message.notFound`.
 */
export async function latestContentId(database: Database, messageId: string): Promise<string> {
  const { contentId } = await readLatest(database, messageId);
  return contentId;
}

const latestRow = z
  .object({ content_id: idColumn, strip_headers: nameList })
  .transform((row) => ({ contentId: row.content_id, stripHeaders: row.strip_headers }));

async function readLatest(database: Database, messageId: string): Promise<z.infer<typeof latestRow>> {
  const row: unknown = await database('failed_messages AS message')
    .join('deaths AS death', 'death.id', 'message.last_death_id')
    .join('dead_queues AS dead_queue', 'dead_queue.id', 'death.dead_queue_id')
    .where('message.id', messageId)
    .first('death.content_id', 'dead_queue.strip_headers');
  if (row === undefined) throw new AppError('message.notFound');
  return latestRow.parse(row);
}
