import { z } from 'zod';

import type { Database, Transaction } from '../database/connect.ts';
import { countColumn, idColumn, nameColumn, nameListColumn } from '../database/columns.ts';
import { inexactPartsColumn } from '../messages/contents-store.ts';
import type { EditToSend } from '../messages/edits/edit-store.ts';
import type { ResendFacts } from '../messages/resendable.ts';

/** What a resend has to know of a message's latest death, apart from its contents. */
export interface ResendSource extends ResendFacts {
  deathId: string;
  contentId: string;
  deadQueueId: string;
  fingerprintId: string;
  /** The queue that it failed in, by its name's id. */
  queueId: string | null;
  /** Whether a resend bears our header. */
  addHeader: boolean;
  /** The contents are those of an edit. */
  isEdit: boolean;
}

/** The same message as an edit has it: its origin and its queue's settings stay what they are. */
export function withEdit(source: ResendSource, edit: EditToSend): ResendSource {
  const { contentId, bodySize, contentsPurged, inexactParts } = edit;
  // Those of the contents and of the queue; the edit's contents bear the same.
  const stripHeaders = [...new Set([...source.stripHeaders, ...edit.stripHeaders])];
  return { ...source, contentId, bodySize, contentsPurged, inexactParts, stripHeaders, isEdit: true };
}

const sourceRows = z.array(
  z
    .object({
      id: idColumn,
      content_id: idColumn,
      dead_queue_id: idColumn,
      fingerprint_id: idColumn,
      queue_id: idColumn.nullable(),
      exchange: nameColumn.nullable(),
      queue: nameColumn.nullable(),
      routing_keys: nameListColumn,
      body_size: countColumn,
      purged_at: z.date().nullable(),
      inexact_parts: inexactPartsColumn,
      content_strip_headers: nameListColumn,
      queue_strip_headers: nameListColumn,
      add_header: z.number(),
    })
    .transform((row): ResendSource => ({
      deathId: row.id,
      contentId: row.content_id,
      bodySize: row.body_size,
      deadQueueId: row.dead_queue_id,
      fingerprintId: row.fingerprint_id,
      queueId: row.queue_id,
      exchange: row.exchange,
      queue: row.queue,
      routingKeys: row.routing_keys,
      contentsPurged: row.purged_at !== null,
      inexactParts: row.inexact_parts,
      stripHeaders: [...row.content_strip_headers, ...row.queue_strip_headers],
      addHeader: row.add_header !== 0,
      isEdit: false,
    })),
);

/** The sources of these deaths, by death id. Reads no headers and no bodies. */
export async function readResendSources(
  database: Database | Transaction,
  deathIds: readonly string[],
): Promise<Map<string, ResendSource>> {
  if (deathIds.length === 0) return new Map();
  const rows: unknown[] = await database('deaths AS death')
    .join('contents AS content', 'content.id', 'death.content_id')
    .join('dead_queues AS dead_queue', 'dead_queue.id', 'death.dead_queue_id')
    .leftJoin('names AS exchange', 'exchange.id', 'death.exchange_id')
    .leftJoin('names AS queue', 'queue.id', 'death.queue_id')
    .whereIn('death.id', [...deathIds])
    .select(
      'death.id',
      'death.content_id',
      'death.dead_queue_id',
      'death.fingerprint_id',
      'death.queue_id',
      'death.routing_keys',
      'exchange.value AS exchange',
      'queue.value AS queue',
      'content.body_size',
      'content.purged_at',
      'content.inexact_parts',
      'content.strip_headers AS content_strip_headers',
      'dead_queue.strip_headers AS queue_strip_headers',
      'dead_queue.add_header',
    );
  return new Map(sourceRows.parse(rows).map((source) => [source.deathId, source]));
}
