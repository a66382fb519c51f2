import type { Logger } from 'pino';

import type { Database } from '../database/connect.ts';
import { databaseNow } from '../database/database-now.ts';
import { isDuplicateKey } from '../database/faults.ts';
import { giveBackLease, holdLease } from '../database/lease.ts';
import { Loop } from '../database/loop.ts';
import { inTransaction } from '../database/transaction.ts';

import { hmacOf, NO_SEAL, sealText } from './seal-chain.ts';
import type { SealKey } from './seal-keys.ts';
import {
  insertSeals,
  latestIds,
  lockHeldLease,
  newestSeal,
  readEventRows,
  unsealedIds,
  withoutSeal,
  type Seal,
} from './seal-store.ts';

export interface SealingOptions {
  database: Database;
  instanceId: string;
  key: SealKey;
  logger: Logger;
  /** In ms; how often it looks. */
  everyMs?: number;
  /** In ms; how often the newest seal is written to the log, when it is another one. */
  tellEveryMs?: number;
  /** Ids behind the latest sealed one that are looked at each time. */
  lookBack?: bigint;
  /** In ms; how often the sweep goes on. */
  sweepEveryMs?: number;
  /** In ms. */
  leaseMs?: number;
}

export const SEALING_LEASE = 'audit-sealing';
const LEASE_MS = 10_000;
const EVERY_MS = 700;
const TELL_EVERY_MS = 60_000;
/** Events sealed by one transaction. */
const PORTION = 500;
/**
 * An event becomes visible with its transaction, so also after later ones. So many ids behind the latest are looked at
 * each time; what is later still is found by the sweep.
 */
const LOOK_BACK = 10_000n;
/** The sweep goes through all events, again and again: so many ids, so often (ms). */
const SWEPT = { ids: 20_000n, everyMs: 10_000 };

/**
 * Seals each audit event soon after it became visible, in one chain; see `hmacOf`. What was written before there was a key
 * is sealed first. An event that became visible however late is sealed, too: the sweep misses none.
 *
 * One instance at a time seals, under a lease. Every write holds the lease's row and checks it, and numbers are unique: an
 * instance that slept past its lease adds nothing, and two cannot both go on from the same seal.
 */
export class Sealing {
  readonly #options: SealingOptions;
  readonly #lookBack: bigint;
  readonly #loop: Loop;
  #stopping = false;
  /** The newest seal that this instance knows of. */
  #newest: Seal | null = null;
  #told: { seq: string; at: number } | null = null;
  #hasBegun = false;
  #swept: { upTo: bigint; at: number } | null = null;

  constructor(options: SealingOptions) {
    this.#options = options;
    this.#lookBack = options.lookBack ?? LOOK_BACK;
    this.#loop = new Loop({
      everyMs: options.everyMs ?? EVERY_MS,
      work: () => this.#round(),
      logger: options.logger,
      failed: 'Audit events could not be sealed; trying again.',
    });
  }

  /** Seals what there is, says where the chain ends, and gives the lease back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop.stop();
    const { database, instanceId } = this.#options;
    await this.#lastRound().catch(() => undefined);
    this.#tell(0);
    // Without it the lease runs out by itself.
    await giveBackLease(database, SEALING_LEASE, instanceId).catch(() => undefined);
  }

  /** What this process wrote last, such as its own end of operations. */
  async #lastRound(): Promise<void> {
    if (this.#newest === null || !(await this.#holdsLease())) return;
    const { sealed } = await latestIds(this.#options.database);
    await this.#sealFrom(this.#behind(sealed));
  }

  async #round(): Promise<void> {
    if (!(await this.#holdsLease())) {
      this.#newest = null;
      return;
    }
    const { database } = this.#options;
    await this.#lookAtEnd();
    const { sealed, written } = await latestIds(database);
    if (sealed === 0n && written > 0n && !this.#hasBegun) {
      this.#options.logger.info(
        'Sealing of the audit record begins. Events from before are sealed now: what was done to them until now cannot be told.',
      );
    }
    this.#hasBegun = true;
    if (await this.#sealFrom(this.#behind(sealed))) await this.#sweep(written);
    this.#tell(this.#options.tellEveryMs ?? TELL_EVERY_MS);
  }

  #behind(sealed: bigint): bigint {
    return sealed > this.#lookBack ? sealed - this.#lookBack : 1n;
  }

  async #holdsLease(): Promise<boolean> {
    const { database, instanceId } = this.#options;
    return await holdLease(database, { name: SEALING_LEASE, instanceId, ms: this.#options.leaseMs ?? LEASE_MS });
  }

  /** The chain only grows: an end that is not where this instance left it was cut. */
  async #lookAtEnd(): Promise<void> {
    const { database, logger } = this.#options;
    const known = this.#newest;
    const end = await newestSeal(database);
    if (known !== null && (end === null || BigInt(end.seq) < BigInt(known.seq))) {
      logger.error(
        { seal: sealText(known.seq, known.hmac), now: end?.seq ?? null },
        'Seals of the audit record were removed. Run npm run audit:verify with this seal.',
      );
    }
    this.#newest = end;
  }

  /** @returns false when it was left before all were sealed. */
  async #sealFrom(from: bigint, to?: bigint): Promise<boolean> {
    const { database } = this.#options;
    for (let next = from; ;) {
      const ids = await unsealedIds(database, { from: next, limit: PORTION, ...(to === undefined ? {} : { to }) });
      if (ids.length === 0) return true;
      if (!(await this.#seal(ids))) return false;
      const last = ids.at(-1);
      if (ids.length < PORTION || last === undefined) return true;
      if (this.#stopping || !(await this.#holdsLease())) return false;
      next = BigInt(last) + 1n;
    }
  }

  /** @returns false when the lease is another one's by now. */
  async #seal(ids: readonly string[]): Promise<boolean> {
    const { database, instanceId, key } = this.#options;
    try {
      const newest = await inTransaction(database, async (transaction) => {
        if (!(await lockHeldLease(transaction, SEALING_LEASE, instanceId))) return null;
        let end = await newestSeal(transaction);
        const open = await withoutSeal(transaction, ids);
        const events = await readEventRows(transaction, open);
        const at = await databaseNow(transaction);
        const seals: Seal[] = [];
        for (const eventId of open) {
          const event = events.get(eventId);
          if (event === undefined) continue;
          const head = { seq: (BigInt(end?.seq ?? 0) + 1n).toString(), keyId: key.id, at };
          const hmac = hmacOf(key, end?.hmac ?? NO_SEAL, head, event);
          end = { ...head, eventId, hmac };
          seals.push(end);
        }
        if (seals.length > 0) await insertSeals(transaction, seals);
        return { end };
      });
      if (newest === null) return false;
      this.#newest = newest.end;
      return true;
    } catch (error) {
      // Somebody else sealed first, as cannot be while the lease is heeded: the next round goes on from there.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** A stretch of all events, from the latest down; at its end it begins anew. */
  async #sweep(written: bigint): Promise<void> {
    const now = performance.now();
    if (this.#swept !== null && now - this.#swept.at < (this.#options.sweepEveryMs ?? SWEPT.everyMs)) return;
    const from = this.#swept?.upTo ?? 0n;
    const upTo = from > 0n ? from : written;
    const downTo = upTo > SWEPT.ids ? upTo - SWEPT.ids : 0n;
    if (await this.#sealFrom(downTo + 1n, upTo)) this.#swept = { upTo: downTo, at: now };
  }

  #tell(everyMs: number): void {
    const newest = this.#newest;
    const now = performance.now();
    if (newest === null || newest.seq === this.#told?.seq) return;
    if (this.#told !== null && now - this.#told.at < everyMs) return;
    this.#told = { seq: newest.seq, at: now };
    this.#options.logger.info({ seal: sealText(newest.seq, newest.hmac) }, 'The newest seal of the audit record.');
  }
}
