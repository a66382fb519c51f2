import { z } from 'zod';

import { SEALING_LEASE } from '../audit/sealing.ts';
import type { EventRow } from '../audit/seal-chain.ts';
import type { SealKey } from '../audit/seal-keys.ts';
import {
  isLeaseHeld,
  readEventRows,
  readSeals,
  readSealsBySeq,
  unsealedIds,
  withoutSeal,
  type Seal,
} from '../audit/seal-store.ts';
import { ChainCheck, compareSeal, type Finding } from '../audit/verify-chain.ts';
import { idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { hashItems } from '../operations/items-hash.ts';

/** A seal from the log. */
export interface GivenSeal {
  seq: string;
  hmac: string;
}

export interface VerifyOptions {
  /** None: only the structure is looked at. */
  keys: readonly SealKey[];
  /** Seals from the log. */
  given: readonly GivenSeal[];
  onFinding: (finding: Finding) => void;
  /** How long an office that runs is given to seal what is new, in ms. */
  sealedWithinMs?: number;
}

export interface Verified {
  /** Seals of the chain. */
  count: number;
  first: Seal | null;
  last: Seal | null;
  /** Operations whose items were hashed again. */
  operations: number;
}

const PAGE = 1_000;
/** Events without a seal that are named; of more, how many at least. */
const NAMED = 20;
const SEALED_WITHIN_MS = 3_000;

/**
 * Verifies the audit record: the chain of seals with its events, events without a seal, seals that the log names, and the
 * items of ended operations as far as they are still there. A page at a time, so that it takes no more memory for many.
 */
export async function verifyRecord(database: Database, options: VerifyOptions): Promise<Verified> {
  const { keys, onFinding } = options;
  const fault = (text: string) => {
    onFinding({ fault: true, text });
  };
  const chain = new ChainCheck(keys, onFinding);
  const items = new ItemsCheck(database, onFinding);
  for (let after = '0'; ;) {
    const seals = await readSeals(database, { after, limit: PAGE });
    const events = await readEventRows(
      database,
      seals.map(({ eventId }) => eventId),
    );
    for (const seal of seals) {
      const event = events.get(seal.eventId);
      chain.take({ seal, event });
      if (event !== undefined) await items.check(event);
    }
    const last = seals.at(-1);
    if (last === undefined || seals.length < PAGE) break;
    after = last.seq;
  }
  chain.end();
  if (chain.first === null)
    fault('There are no seals: the office never ran with AUDIT_SEAL_KEY, or all of them were removed.');
  await checkUnsealed(database, options);
  await checkGiven(database, options);
  const { late } = chain;
  if (late !== null) {
    onFinding({
      fault: false,
      text:
        `${late.count} events, the first of them ${late.first}, were sealed more than a minute after they were written ` +
        `(written from ${late.from.toISOString()}, sealed until ${late.to.toISOString()}): they can be trusted from then ` +
        'on. So it is with events from before sealing began, and after a time without the office or its database; ' +
        'an event that somebody wrote in with an earlier time looks the same.',
    });
  }
  return { count: chain.count, first: chain.first, last: chain.last, operations: items.checked };
}

/** What nobody has sealed; an office that runs is given the time to. */
async function checkUnsealed(database: Database, options: VerifyOptions): Promise<void> {
  let open = await unsealedIds(database, { from: 1n, limit: NAMED + 1 });
  if (open.length > 0 && (await isLeaseHeld(database, SEALING_LEASE))) {
    await new Promise((resolve) => setTimeout(resolve, options.sealedWithinMs ?? SEALED_WITHIN_MS));
    open = await withoutSeal(database, open);
  }
  if (open.length === 0) return;
  const more = open.length > NAMED ? ', …' : '';
  options.onFinding({
    fault: true,
    text:
      `Events without a seal: ${open.slice(0, NAMED).join(', ')}${more}. They were written while nobody sealed, by the ` +
      'office or by somebody else. Start the office with AUDIT_SEAL_KEY, and it seals them.',
  });
}

async function checkGiven(database: Database, { given, onFinding }: VerifyOptions): Promise<void> {
  for (let from = 0; from < given.length; from += PAGE) {
    const some = given.slice(from, from + PAGE);
    const found = await readSealsBySeq(
      database,
      some.map(({ seq }) => seq),
    );
    for (const one of some) {
      const text = compareSeal(one, found.get(one.seq));
      if (text !== null) onFinding({ fault: true, text });
    }
  }
}

const ended = z.object({
  id: idColumn,
  kind: z.literal('operation.finished'),
  operation_id: idColumn,
  details: z.string(),
});
const hashed = z.object({ itemsSha256: z.string(), total: z.number() });

/** The items of ended operations, against the hash in the event of their end. */
class ItemsCheck {
  readonly #database: Database;
  readonly #onFinding: (finding: Finding) => void;
  /** Whether records were ever removed after their term; null while nobody has looked. */
  #wereRemoved: boolean | null = null;
  checked = 0;

  constructor(database: Database, onFinding: (finding: Finding) => void) {
    this.#database = database;
    this.#onFinding = onFinding;
  }

  async check(event: EventRow): Promise<void> {
    const end = ended.safeParse(event);
    if (!end.success) return;
    const { operation_id: operationId, id } = end.data;
    const details = hashed.safeParse(JSON.parse(end.data.details));
    if (!details.success) return;
    const { count, sha256 } = await hashItems(this.#database, operationId);
    this.checked += 1;
    if (sha256 === details.data.itemsSha256) return;
    const { total } = details.data;
    if (count < total && (await this.#recordsWereRemoved())) {
      this.#onFinding({
        fault: false,
        text: `Operation ${operationId}: ${total - count} of ${total} items are not there any more, so that they cannot be checked. Records are removed after their term here.`,
      });
      return;
    }
    this.#onFinding({
      fault: true,
      text:
        count === total
          ? `Operation ${operationId}: its items are not those that its end is on record with (event ${id}).`
          : `Operation ${operationId}: it ended with ${total} items, and there are ${count} (event ${id}).`,
    });
  }

  async #recordsWereRemoved(): Promise<boolean> {
    this.#wereRemoved ??=
      (await this.#database('audit_events')
        .where('kind', 'retention.purged')
        .whereRaw(`details LIKE '%"records":%' AND details NOT LIKE '%"records":0,%'`)
        .first('id')) !== undefined;
    return this.#wereRemoved;
  }
}
