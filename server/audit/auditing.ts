import type { Logger } from 'pino';

import type { Database } from '../database/connect.ts';

import type { SealKey } from './seal-keys.ts';
import { Sealing } from './sealing.ts';
import { streamTarget, type StreamPlace } from './stream-target.ts';
import { AuditStreaming } from './streaming.ts';

/** What is done with audit events after they were written. */
export interface Auditing {
  stop: () => Promise<void>;
}

/** Seals them, and writes them for another system, as configured. Without a key neither is done, and the log says so once. */
export function startAuditing({
  database,
  instanceId,
  sealKeys: [key],
  stream,
  logger,
}: {
  database: Database;
  instanceId: string;
  sealKeys: readonly SealKey[];
  stream: StreamPlace | null;
  logger: Logger;
}): Auditing {
  if (key === undefined) {
    logger.warn(
      'AUDIT_SEAL_KEY is not set: audit events are not sealed, and a change of them in the database cannot be told.',
    );
    return { stop: () => Promise.resolve() };
  }
  const sealing = new Sealing({ database, instanceId, key, logger });
  const streaming =
    stream === null ? null : new AuditStreaming({ database, instanceId, target: streamTarget(stream), logger });
  return {
    stop: async () => {
      await sealing.stop();
      await streaming?.stop();
    },
  };
}
