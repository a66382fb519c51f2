import type { MessageContents } from '../amqp/message.ts';
import { databaseFault } from '../database/faults.ts';
import { readManyContents } from '../messages/contents-store.ts';

import { claimNext, type HeldItem, type WhatIsSent } from './claim.ts';
import type { OperationRun } from './operation-run.ts';

/** Items that are held, with the contents of those that could be read together. */
export interface ReadClaim {
  items: readonly HeldItem[];
  /** By content id. */
  contents: ReadonlyMap<string, MessageContents>;
}

/** Which items may be claimed, and how many at a time. */
export interface ClaimBounds {
  upTo: string | null;
  limit: number;
  /** Whether the next ones may be claimed while these are being sent. */
  ahead: boolean;
}

/**
 * Claims items in id order and reads what they send, one claim ahead of those that are being sent: the database is
 * busy with the next ones while the broker has these.
 */
export class ClaimsAhead {
  readonly #run: OperationRun;
  readonly #choices: WhatIsSent;
  #after = '0';
  #next: Promise<ReadClaim | null> | null = null;

  constructor(run: OperationRun, choices: WhatIsSent) {
    this.#run = run;
    this.#choices = choices;
  }

  /** Nothing was claimed since the start: what `next` finds then is all there is. */
  get atStart(): boolean {
    return this.#after === '0';
  }

  /** The next ones; null when there are none behind those that were claimed, or none may be claimed now. */
  async next({ upTo, limit, ahead }: ClaimBounds): Promise<ReadClaim | null> {
    const claim = await (this.#next ?? this.#claim(upTo, limit));
    this.#next = null;
    if (claim === null || !ahead) return claim;
    this.#next = this.#claim(upTo, limit);
    // Whoever asks for it next is told.
    this.#next.catch(() => undefined);
    return claim;
  }

  /** Waits for what is being claimed ahead, and leaves it: it stays claimed. */
  async leave(): Promise<void> {
    const next = this.#next;
    this.#next = null;
    await next;
  }

  /** From the first item on: what was left claimed is found there. */
  startOver(): void {
    this.#after = '0';
  }

  async #claim(upTo: string | null, limit: number): Promise<ReadClaim | null> {
    const claim = await claimNext(this.#run, { after: this.#after, upTo, limit, choices: this.#choices });
    if (claim === null) return null;
    this.#after = claim.upTo;
    return { items: claim.items, contents: await readTogether(this.#run, claim.items) };
  }
}

/** What cannot be read this way is read one by one afterwards, which tells whose fault it is. */
async function readTogether(run: OperationRun, items: readonly HeldItem[]): Promise<Map<string, MessageContents>> {
  const ids = [...new Set(items.map(({ source }) => source.contentId))];
  try {
    return await run.retry(() => readManyContents(run.services.database, ids));
  } catch (error) {
    if (databaseFault(error) !== 'statement') throw error;
    return new Map();
  }
}
