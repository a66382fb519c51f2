import { NO_SEAL, hmacOf, sealText, type EventRow } from './seal-chain.ts';
import type { SealKey } from './seal-keys.ts';
import type { Seal } from './seal-store.ts';

/** What is wrong with a chain of seals; or, as a note, what somebody should know who trusts it. */
export interface Finding {
  fault: boolean;
  text: string;
}

/** Faults of a key that are kept until one of its seals holds: then it is the right key. */
const HELD_BACK = 100;
/** How much later than its event a seal can be before it is worth a note, in ms. */
const LATE_MS = 60_000;

/** What became of the seals of one key. */
interface KeyTally {
  held: number;
  failed: number;
  first: string;
  last: string;
  /** Faults, while none has held. */
  heldBack: string[];
}

/** A seal, with its event where that is still there. */
export interface Link {
  seal: Seal;
  event: EventRow | undefined;
}

/**
 * Goes along a chain of seals, link by link, and says what does not hold. It needs no more memory for a long one.
 *
 * | what was done | how it shows |
 * |---|---|
 * | an event changed | its seal does not hold; the next one holds behind that seal as it stands |
 * | a seal changed | it does not hold; the next one holds behind what the seal must have been |
 * | an event removed | its seal has no event |
 * | seals removed in the middle | numbers are missing |
 * | seals removed at the end | only a seal from the log shows it; see `expect` |
 * | another key | no seal of that key holds |
 *
 * Without keys only the numbers, and that each seal has its event, are looked at.
 */
export class ChainCheck {
  readonly #keys: ReadonlyMap<string, SealKey>;
  readonly #onFinding: (finding: Finding) => void;
  #before: Seal | null = null;
  /** The seal before this one is not there, so that this one cannot be checked. */
  #gap = false;
  /** A link whose seal did not hold, until the next one tells what of it was changed. */
  #pending: { link: Link; asItMustBe: Buffer } | null = null;
  readonly #byKey = new Map<string, KeyTally>();
  readonly #unknownKeys = new Map<string, number>();
  #late: { count: number; first: string; from: Date; to: Date } | null = null;
  #first: Seal | null = null;
  count = 0;

  constructor(keys: readonly SealKey[], onFinding: (finding: Finding) => void) {
    this.#keys = new Map(keys.map((key) => [key.id, key]));
    this.#onFinding = onFinding;
  }

  get first(): Seal | null {
    return this.#first;
  }

  get last(): Seal | null {
    return this.#before;
  }

  get late(): { count: number; first: string; from: Date; to: Date } | null {
    return this.#late;
  }

  /** The next link of the chain. */
  take(link: Link): void {
    const { seal, event } = link;
    this.count += 1;
    this.#first ??= seal;
    this.#checkNumber(seal);
    if (event === undefined) {
      this.#settle(null);
      this.#fault(`Event ${seal.eventId} was removed: its seal ${seal.seq} is there.`);
    } else {
      this.#noteLate(seal, event);
      this.#checkSeal(link, event);
    }
    this.#before = seal;
    this.#gap = false;
  }

  /** After the last link. */
  end(): void {
    this.#settle(null);
    for (const [id, count] of this.#unknownKeys) {
      this.#fault(
        `${count} seals were made with the key ${id}, which AUDIT_SEAL_KEY does not hold: they were not checked.`,
      );
    }
    for (const [id, { failed, first, last, heldBack }] of this.#byKey) {
      if (failed > 1 && heldBack.length > 0) {
        this.#fault(
          `None of the ${failed} seals of key ${id} (${first} to ${last}) holds: AUDIT_SEAL_KEY is not the key that they ` +
            'were made with, or all of them were changed.',
        );
      } else for (const text of heldBack) this.#fault(text);
    }
  }

  #checkNumber(seal: Seal): void {
    const expected = BigInt(this.#before?.seq ?? 0) + 1n;
    const found = BigInt(seal.seq);
    if (found === expected) return;
    this.#settle(null);
    this.#gap = true;
    const missing = found - 1n === expected ? `Seal ${expected} was` : `Seals ${expected} to ${found - 1n} were`;
    this.#fault(`${missing} removed. What stood there cannot be told, and seal ${seal.seq} cannot be checked.`);
  }

  #checkSeal(link: Link, event: EventRow): void {
    const { seal } = link;
    if (this.#keys.size === 0) return;
    const key = this.#keys.get(seal.keyId);
    if (key === undefined) {
      this.#settle(null);
      this.#unknownKeys.set(seal.keyId, (this.#unknownKeys.get(seal.keyId) ?? 0) + 1);
      return;
    }
    if (this.#gap) return;
    const tally = this.#byKey.get(key.id) ?? { held: 0, failed: 0, first: seal.seq, last: seal.seq, heldBack: [] };
    this.#byKey.set(key.id, tally);
    tally.last = seal.seq;
    const before = this.#before?.hmac ?? NO_SEAL;
    const must = hmacOf(key, before, seal, event);
    if (must.equals(seal.hmac)) {
      this.#holds(tally, 'event');
      return;
    }
    const pending = this.#pending;
    const behindMended = pending === null ? null : hmacOf(key, pending.asItMustBe, seal, event);
    if (behindMended?.equals(seal.hmac) === true) {
      this.#holds(tally, 'seal');
      return;
    }
    this.#settle(null);
    tally.failed += 1;
    this.#pending = { link, asItMustBe: behindMended ?? must };
  }

  /** The key is right; `changed`: what this says of a link in front that did not hold. */
  #holds(tally: KeyTally, changed: 'event' | 'seal'): void {
    this.#settle(changed);
    tally.held += 1;
    for (const text of tally.heldBack.splice(0)) this.#fault(text);
  }

  /** Says of a link that did not hold what of it was changed, as the one behind it tells. */
  #settle(changed: 'event' | 'seal' | null): void {
    if (this.#pending === null) return;
    const { seal } = this.#pending.link;
    const tally = this.#byKey.get(seal.keyId);
    this.#pending = null;
    const what = {
      event: `Event ${seal.eventId} was changed after it was sealed (seal ${seal.seq}).`,
      seal: `Seal ${seal.seq} was changed or forged; its event ${seal.eventId} is as it was sealed.`,
    };
    const text =
      changed === null
        ? `Event ${seal.eventId} or its seal ${seal.seq} was changed, written in or put elsewhere in the chain.`
        : what[changed];
    if (tally === undefined || tally.held > 0) this.#fault(text);
    else if (tally.heldBack.length < HELD_BACK) tally.heldBack.push(text);
  }

  #noteLate({ at }: Seal, event: EventRow): void {
    const written = event['at'];
    if (!(written instanceof Date) || at.getTime() - written.getTime() <= LATE_MS) return;
    const late = this.#late ?? { count: 0, first: String(event['id']), from: written, to: at };
    this.#late = {
      ...late,
      count: late.count + 1,
      from: written < late.from ? written : late.from,
      to: at > late.to ? at : late.to,
    };
  }

  #fault(text: string): void {
    this.#onFinding({ fault: true, text });
  }
}

/** Compares a seal from the log with the one of its number. @returns what is wrong; null when it is there as it was. */
export function compareSeal(given: { seq: string; hmac: string }, found: Seal | undefined): string | null {
  if (found === undefined) {
    return `Seal ${given.seq}, which the log names, is not there: the end of the record was cut off.`;
  }
  if (found.hmac.toString('hex') === given.hmac) return null;
  return `Seal ${given.seq} is ${sealText(found.seq, found.hmac)}, and the log says ${given.hmac}: the chain was made anew.`;
}
