import type { ConfirmChannel, Message } from 'amqplib';

import { toBrokerError, type BrokerError } from './broker-error.ts';
import type { Session } from './connection.ts';
import { correlationOf, refusalOf } from './publish-checks.ts';
import type { PublishResult } from './publisher.ts';
import { contentsOf, type Prepared } from './typed-codec.ts';
import { within } from './within.ts';

/** A message about to be written. */
export interface Outgoing {
  exchange: string;
  routingKey: string;
  body: Buffer;
  prepared: Prepared;
  /** The value of our header, or null. */
  correlation: string | null;
  /** How many queues it reaches, when known. */
  targetQueues: number | undefined;
  /** In ms, from the write on. */
  deadlineMs: number;
}

interface InFlight {
  outgoing: Outgoing;
  /** The broker's return, which comes before its confirm. */
  returned: PublishResult | null;
  timer: NodeJS.Timeout;
  settle: (result: PublishResult) => void;
}

export interface ConfirmChannelEvents {
  /** Something was settled, or amqplib's buffer drained: there may be room for more. */
  onRoom: () => void;
  /** Called once. Nothing is in flight any more. */
  onDead: (channel: ConfirmingChannel) => void;
}

const CLOSE_WITHIN_MS = 2_000;

/**
 * One life of a channel with publisher confirms.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | open | takes messages | a deadline that passed, or `retire()` → retired; the broker or the connection → dead |
 * | retired | takes nothing more: a late answer must not be taken for another message's | all settled → dead |
 * | dead | | |
 *
 * Confirms are counted here: the n-th publish of a channel has the tag n. A message settles once; what comes after its
 * deadline is ignored.
 */
export class ConfirmingChannel {
  readonly session: Session;
  readonly #channel: ConfirmChannel;
  readonly #events: ConfirmChannelEvents;
  readonly #inFlight = new Map<number, InFlight>();
  /** Values of our header that are in flight, each with how many bear it. */
  readonly #correlations = new Map<string, number>();
  readonly #stopListening: (() => void) | undefined;
  #published = 0;
  #state: 'open' | 'retired' | 'dead' = 'open';
  #full = false;
  /** A message settled by its deadline: what the broker says from now on may be about that one. */
  #late = false;
  #error: BrokerError | null = null;
  #tellDead: () => void = () => undefined;
  readonly #dead = new Promise<void>((resolve) => (this.#tellDead = resolve));

  constructor(session: Session, channel: ConfirmChannel, events: ConfirmChannelEvents) {
    this.session = session;
    this.#channel = channel;
    this.#events = events;
    channel.on('ack', ({ deliveryTag, multiple }) => {
      this.#onConfirm(deliveryTag, multiple, ackResult);
    });
    channel.on('nack', ({ deliveryTag, multiple }) => {
      this.#onConfirm(deliveryTag, multiple, nackResult);
    });
    channel.on('return', (message) => {
      this.#onReturn(message);
    });
    channel.on('drain', () => {
      this.#full = false;
      this.#events.onRoom();
    });
    channel.on('error', (error: Error) => {
      this.#error = toBrokerError('channel', error);
    });
    channel.on('close', () => {
      this.#die();
    });
    this.#stopListening = session.onEnd(() => {
      this.#die();
    });
  }

  get usable(): boolean {
    return this.#state === 'open';
  }

  /** amqplib's buffer is full: wait for `onRoom`. */
  get full(): boolean {
    return this.#full;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Whether a message with this value of our header is in flight. */
  carries(correlation: string): boolean {
    return this.#correlations.has(correlation);
  }

  /** Writes a message. `settle` is called exactly once. */
  publish(outgoing: Outgoing, settle: (result: PublishResult) => void): void {
    const { exchange, routingKey, body, prepared, deadlineMs } = outgoing;
    try {
      this.#full = !this.#channel.publish(exchange, routingKey, body, prepared.options);
    } catch (thrown) {
      // Nothing of it, or only a part, was written: no broker makes a message of that. This channel is done.
      this.retire();
      settle({ outcome: 'failed', code: 'item.fault', replyText: toBrokerError('message', thrown).message });
      return;
    }
    const tag = ++this.#published;
    const timer = setTimeout(() => {
      this.#onDeadline(tag);
    }, deadlineMs);
    this.#inFlight.set(tag, { outgoing, returned: null, timer, settle });
    this.#count(outgoing.correlation, 1);
  }

  #onConfirm(tag: number, multiple: boolean, resultOf: (message: InFlight) => PublishResult): void {
    if (multiple) {
      // The map is in the order of the tags.
      for (const known of [...this.#inFlight.keys()]) {
        if (tag !== 0 && known > tag) break;
        this.#settle(known, resultOf);
      }
    } else this.#settle(tag, resultOf);
    this.#afterSettling();
  }

  /** Nothing happens for a tag that is not in flight: it settled by its deadline before. */
  #settle(tag: number, resultOf: (message: InFlight) => PublishResult): void {
    const message = this.#inFlight.get(tag);
    if (!message) return;
    this.#inFlight.delete(tag);
    this.#count(message.outgoing.correlation, -1);
    clearTimeout(message.timer);
    message.settle(resultOf(message));
  }

  #count(correlation: string | null, change: 1 | -1): void {
    if (correlation === null) return;
    const count = (this.#correlations.get(correlation) ?? 0) + change;
    if (count === 0) this.#correlations.delete(correlation);
    else this.#correlations.set(correlation, count);
  }

  #afterSettling(): void {
    if (this.#state === 'retired' && this.#inFlight.size === 0) void this.#close();
    this.#events.onRoom();
  }

  /** A return carries no tag: it is matched by our header; a message that cannot be matched by it is alone here. */
  #onReturn(message: Message): void {
    const inFlight = [...this.#inFlight.values()];
    const [first] = inFlight;
    const lone = inFlight.length === 1 && first?.outgoing.correlation === null ? first : undefined;
    const correlation = correlationOf(contentsOf(message).headers);
    const match = lone ?? inFlight.find(({ outgoing }) => correlation !== null && outgoing.correlation === correlation);
    if (match) {
      const { replyCode, replyText } = returnOf(message);
      const code = match.outgoing.exchange === '' ? 'item.queueMissing' : 'item.noRoute';
      match.returned = { outcome: 'unroutable', code, replyCode, replyText };
    } else if (!this.#late) {
      // It should not happen. But a returned message must never count as confirmed, so none of these does.
      for (const each of inFlight) each.returned ??= { outcome: 'unknown', code: 'item.fault' };
    }
  }

  #onDeadline(tag: number): void {
    this.#late = true;
    this.retire();
    this.#settle(tag, () => ({ outcome: 'unknown', code: 'item.noConfirm' }));
    this.#afterSettling();
  }

  /** Takes nothing more; closes when the last one in flight has settled. */
  retire(): void {
    if (this.#state !== 'open') return;
    this.#state = 'retired';
    if (this.#inFlight.size === 0) void this.#close();
  }

  /** Takes nothing more, waits up to `graceMs` for what is in flight, and closes it. Never rejects. */
  async finish(graceMs: number): Promise<void> {
    this.retire();
    await within(graceMs, this.#dead).catch(() => undefined);
    await this.#close();
  }

  /** What is still in flight becomes `unknown`. */
  async #close(): Promise<void> {
    if (this.#state === 'dead') return;
    this.#state = 'retired';
    await within(CLOSE_WITHIN_MS, this.#channel.close()).catch(() => undefined);
    this.#die();
  }

  #die(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#stopListening?.();
    const error = this.#error;
    const lone = this.#inFlight.size === 1 && !this.#late;
    for (const tag of [...this.#inFlight.keys()]) {
      this.#settle(tag, () => {
        // Only what was alone can be the one that the broker said no to; of several, any may have been delivered.
        const refusal = lone && error?.replyCode ? refusalOf(error.replyCode, error.message) : null;
        if (refusal) return refusal;
        const unknown: PublishResult = { outcome: 'unknown', code: 'item.connectionLost' };
        return error ? { ...unknown, replyText: error.message, ...replyCodeOf(error) } : unknown;
      });
    }
    this.#tellDead();
    this.#events.onDead(this);
  }
}

function replyCodeOf(error: BrokerError): { replyCode?: number } {
  return error.replyCode === null ? {} : { replyCode: error.replyCode };
}

function ackResult({ returned }: InFlight): PublishResult {
  return returned ?? { outcome: 'confirmed', code: null };
}

function nackResult({ outgoing, returned }: InFlight): PublishResult {
  if (returned) return returned;
  return outgoing.targetQueues === 1
    ? { outcome: 'refused', code: 'item.nacked' }
    : { outcome: 'unknown', code: 'item.nackedByOneOfSeveral' };
}

/** amqplib's types leave out what only returns have. */
function returnOf({ fields }: Message): { replyCode: number; replyText: string } {
  const replyCode = 'replyCode' in fields && typeof fields.replyCode === 'number' ? fields.replyCode : 312;
  const replyText = 'replyText' in fields && typeof fields.replyText === 'string' ? fields.replyText : 'NO_ROUTE';
  return { replyCode, replyText };
}
