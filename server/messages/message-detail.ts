import { z } from 'zod';

import type { BrokerTerms } from '../amqp/broker-terms.ts';
import type { UnmaskedDetail } from '../contract/schemas/messages.ts';
import { withinScope } from '../access/within-scope.ts';
import type { Database } from '../database/connect.ts';
import { idColumn, nameListColumn } from '../database/columns.ts';
import { headerSources } from '../diagnosis/header-sources.ts';
import { AppError } from '../web/app-error.ts';
import type { Scope } from '../web/route.ts';

import { decompressedPreview } from './decompressed-preview.ts';
import { bodyPreview, PREVIEW_BYTES, type BodyPreview } from './body-preview.ts';
import { readContentsHead, readContentsPreview, type StoredEnvelope } from './contents-store.ts';
import { readDeaths } from './death-rows.ts';
import { readEdits } from './edits/edit-store.ts';
import { readMessages } from './message-rows.ts';
import { readableHeaders } from './readable-headers.ts';
import { resendable } from './resendable.ts';

type Contents = (StoredEnvelope & { bodyStart: Buffer }) | null;

/**
 * Everything about one failed message, as its latest death brought it.
 *
 * @throws AppError `message.notFound`, also for one outside the scope.
 */
export async function readMessageDetail(
  database: Database,
  id: string,
  scope: Scope,
  terms: BrokerTerms,
): Promise<UnmaskedDetail> {
  const [[message], { deaths }, contents, edits] = await Promise.all([
    readMessages(database, [id], scope),
    readDeaths(database, [id], scope),
    readLatestContents(database, id, scope),
    readEdits(database, id, scope),
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
    headerSources: headerSources(headers, contents?.stripHeaders ?? []),
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
    bodyPreview: contents === null ? null : await previewOf(contents),
    deaths: deaths.map(({ death }) => death),
    resendable: resendable(
      {
        exchange: latest.exchange,
        routingKeys: latest.routingKeys,
        queue: latest.queue,
        contentsPurged: contents === null,
        bodySize: contents?.bodySize ?? 0,
        stripHeaders: contents?.stripHeaders ?? [],
        inexactParts: contents?.inexactParts ?? [],
        ...(contents === null ? {} : { contents }),
      },
      terms,
    ),
    edits: edits.map(({ contentId: _contentId, ...edit }) => edit),
  };
}

async function previewOf({ bodyStart, bodySize, properties }: NonNullable<Contents>): Promise<BodyPreview> {
  const decompressed = await decompressedPreview(bodyStart, bodySize, properties.contentEncoding);
  return decompressed ?? bodyPreview(bodyStart, bodySize);
}

/** Null when the contents were removed after their retention term. */
async function readLatestContents(database: Database, messageId: string, scope: Scope): Promise<Contents> {
  const { contentId, stripHeaders } = await readLatest(database, messageId, scope);
  const contents = await unlessPurged(readContentsPreview(database, contentId, PREVIEW_BYTES));
  return contents === null ? null : { ...contents, stripHeaders: [...contents.stripHeaders, ...stripHeaders] };
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
 * @throws AppError `message.notFound`, also for one outside the scope.
 */
export async function latestContentId(
  database: Database,
  messageId: string,
  scope: Scope,
  as: 'message' | 'arrived' = 'message',
): Promise<string> {
  const { contentId, envelopeId } = await readLatest(database, messageId, scope);
  return as === 'arrived' ? (envelopeId ?? contentId) : contentId;
}

const latestRow = z
  .object({ content_id: idColumn, envelope_id: idColumn.nullable(), strip_headers: nameListColumn })
  .transform((row) => ({
    contentId: row.content_id,
    envelopeId: row.envelope_id,
    stripHeaders: row.strip_headers,
  }));

async function readLatest(database: Database, messageId: string, scope: Scope): Promise<z.infer<typeof latestRow>> {
  const within = withinScope('message.dead_queue_id', scope);
  const row: unknown = await database('failed_messages AS message')
    .join('deaths AS death', 'death.id', 'message.last_death_id')
    .join('contents AS content', 'content.id', 'death.content_id')
    .join('dead_queues AS dead_queue', 'dead_queue.id', 'death.dead_queue_id')
    .where('message.id', messageId)
    .whereRaw(within.sql, within.bindings)
    .first('death.content_id', 'content.envelope_id', 'dead_queue.strip_headers');
  if (row === undefined) throw new AppError('message.notFound');
  return latestRow.parse(row);
}
