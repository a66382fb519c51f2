import { z } from 'zod';

import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import type { Canary } from '../contract/schemas/operations.ts';
import { countColumn, idColumn } from '../database/columns.ts';

import type { OperationRun } from './operation-run.ts';
import { endCanary, isCanaryDecided, setOperationStatus, waitBehindCanary, type Hold } from './operation-store.ts';

const boundaryRow = z.object({ message_id: idColumn });
const countRow = z.object({ count: countColumn });

/**
 * Lets the first messages of an operation through, and the others behind them when it has been seen what became of
 * those.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | first | only messages up to the boundary may go | all of them through → waiting |
 * | waiting | for `waitSeconds`, by the database's clock: `hold` says so | all delivered, none came back, and it is to go on by itself → open; else the operation is paused and asks |
 * | open | all may go; so it is without a canary, and when somebody lets a paused operation go on | |
 */
export class CanaryGate {
  readonly #run: OperationRun;
  readonly #canary: Canary | undefined;
  #state: 'unknown' | 'first' | 'open' = 'unknown';
  #boundary: string | null = null;
  /** Why nothing may go now. */
  hold: Hold | null = null;

  constructor(run: OperationRun, canary: Canary | undefined) {
    this.#run = run;
    this.#canary = canary;
    if (canary === undefined) this.#state = 'open';
  }

  /** The last message that may go now; null: all may. */
  async upTo(): Promise<string | null> {
    if (this.#state === 'unknown') await this.#begin(this.#canary?.first ?? 0);
    return this.#state === 'open' ? null : this.#boundary;
  }

  async #begin(first: number): Promise<void> {
    const { services, lease } = this.#run;
    const row: unknown = await this.#run.retry(() =>
      services
        .database('operation_items')
        .where('operation_id', lease.operationId)
        .where((any) => {
          void any.whereNull('error_code').orWhereNotIn('error_code', ['item.wrongStatus', 'item.possibleDuplicate']);
        })
        .orderBy('message_id')
        .limit(1)
        .offset(first - 1)
        .first('message_id'),
    );
    // No more than the first: there is nothing to hold back.
    this.#boundary = row === undefined ? null : boundaryRow.parse(row).message_id;
    this.#state = this.#boundary === null ? 'open' : 'first';
    await this.#run.transact((_transaction, operation) => {
      if (isCanaryDecided(operation)) this.#state = 'open';
      return Promise.resolve();
    });
  }

  /** All up to the boundary are through: waits, and decides when the time is over. Call it again and again. */
  async look(): Promise<void> {
    const canary = this.#canary;
    if (canary === undefined || this.#state === 'open') return;
    await this.#run.transact(async (transaction, operation) => {
      this.hold = null;
      if (operation.status !== 'running' && operation.status !== 'waiting') return;
      if (isCanaryDecided(operation)) {
        this.#state = 'open';
        return;
      }
      const until = operation.canaryUntil ?? new Date(operation.now.getTime() + canary.waitSeconds * 1000);
      if (operation.canaryUntil === null) await waitBehindCanary(transaction, operation.id, canary.waitSeconds);
      if (until > operation.now) {
        this.hold = { code: 'canaryWaits', params: { until: until.toISOString() } };
        return;
      }
      const notDelivered = await this.#countUpToBoundary(transaction, ['unroutable', 'refused', 'failed', 'unknown']);
      const sent = await this.#countUpToBoundary(transaction, ['confirmed']);
      const { cameBack } = operation;
      await endCanary(transaction, operation.id);
      this.#state = 'open';
      if (canary.then === 'continue' && notDelivered === 0 && cameBack === 0) return;
      const asks: Hold = { code: 'canaryAsks', params: { sent, cameBack, notDelivered } };
      await setOperationStatus(transaction, operation.id, 'paused', asks);
      await recordAuditEvent(transaction, {
        actor: THE_OFFICE,
        kind: 'operation.paused',
        operationId: operation.id,
        details: { before: operation.status, because: asks.code },
      });
    });
    // The run learns that it is paused from the row.
    await this.#run.transact(() => Promise.resolve());
  }

  async #countUpToBoundary(
    transaction: Parameters<Parameters<OperationRun['transact']>[0]>[0],
    outcomes: string[],
  ): Promise<number> {
    const row: unknown = await transaction('operation_items')
      .where('operation_id', this.#run.lease.operationId)
      .where('message_id', '<=', this.#boundary ?? '0')
      .whereIn('outcome', outcomes)
      .count({ count: '*' })
      .first();
    return countRow.parse(row).count;
  }
}
