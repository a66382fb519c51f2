import { z } from 'zod';

import type { MessageDetail } from '../contract/schemas/messages.ts';
import type { Database } from '../database/connect.ts';
import { idColumn } from '../database/columns.ts';
import { AppError } from '../web/app-error.ts';

import { bodyPreview, PREVIEW_BYTES } from './body-preview.ts';
import { readContentsHead, readContentsPreview, type StoredEnvelope } from './contents-store.ts';
import { readDeaths } from './death-rows.ts';
import { readMessages } from './message-rows.ts';
import { readableHeaders } from './readable-headers.ts';
import { resendable } from './resendable.ts';

type Contents = (StoredEnvelope & { bodyStart: Buffer }) | null;

/**
 * Everything about one failed message, as its latest death brought it.
 *
 * @throws AppError `message.notFound`.
 */
export async function readMessageDetail(database: Database, id: string): Promise<MessageDetail> {
  const [[message], deaths, contents] = await Promise.all([
    readMessages(database, [id]),
    readDeaths(database, [id]),
    readLatestContents(database, id),
  ]);
  const latest = deaths.at(-1)?.death;
  if (message === undefined || latest === undefined) throw new AppError('message.notFound');
  const headers = contents?.headers ?? [];
  const arrived = await readArrived(database, contents);
  return {
    ...message,
    errorMessage: latest.errorMessage,
    stackTrace: latest.stackTrace,
    properties: contents?.properties ?? {},
    headers: readableHeaders(headers),
    headersTyped: headers,
    envelope:
      arrived === null
        ? null
        : {
            framework: latest.framework,
            properties: arrived.properties,
            headers: readableHeaders(arrived.headers ?? []),
            headersTyped: arrived.headers ?? [],
            contentType: arrived.contentType,
            bodySize: arrived.bodySize,
          },
    inexactParts: contents?.inexactParts ?? [],
    bodyPreview: contents === null ? null : bodyPreview(contents.bodyStart, contents.bodySize),
    deaths: deaths.map(({ death }) => death),
    resendable: resendable({
      exchange: latest.exchange,
      routingKeys: latest.routingKeys,
      queue: latest.queue,
      contentsPurged: contents === null,
      inexactParts: contents?.inexactParts ?? [],
      ...(contents === null ? {} : { contents }),
    }),
    edits: [],
  };
}

/** Null when the contents were removed after their retention term. */
async function readLatestContents(database: Database, messageId: string): Promise<Contents> {
  const contentId = await latestContentId(database, messageId);
  return await unlessPurged(readContentsPreview(database, contentId, PREVIEW_BYTES));
}

/** The envelope, all but its body; null where the message arrived without one. */
async function readArrived(database: Database, contents: Contents): Promise<StoredEnvelope | null> {
  const envelopeId = contents?.envelopeId ?? null;
  return envelopeId === null ? null : await unlessPurged(readContentsHead(database, envelopeId));
}

async function unlessPurged<Read>(read: Promise<Read>): Promise<Read | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AppError && error.code === 'message.contentsPurged') return null;
    throw error;
  }
}

/**
 * Where the contents of a message's latest death are.
 *
 * @param as `arrived`: the envelope, where it came in one.
 * @throws AppError `message.notFound`.
 */
export async function latestContentId(
  database: Database,
  messageId: string,
  as: 'message' | 'arrived' = 'message',
): Promise<string> {
  const row: unknown = await database('failed_messages AS message')
    .join('deaths AS death', 'death.id', 'message.last_death_id')
    .join('contents AS content', 'content.id', 'death.content_id')
    .where('message.id', messageId)
    .first('content.id', 'content.envelope_id');
  if (row === undefined) throw new AppError('message.notFound');
  const { id, envelope_id: envelopeId } = z.object({ id: idColumn, envelope_id: idColumn.nullable() }).parse(row);
  return as === 'arrived' ? (envelopeId ?? id) : id;
}
