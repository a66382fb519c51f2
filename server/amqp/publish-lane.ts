import type { Logger } from 'pino';

import { Backoff } from './backoff.ts';
import { toBrokerError } from './broker-error.ts';
import { ConfirmingChannel, type Outgoing } from './confirm-channel.ts';
import type { Connection, Session } from './connection.ts';
import { mostBytesIn, refusalOf, refused, tooLargeText } from './publish-checks.ts';
import type { PublishResult } from './publisher.ts';
import type { Room } from './room.ts';
import { askExchangeOn } from './topology.ts';
import { within } from './within.ts';

/** A message that waits for its turn. */
export interface LaneItem {
  outgoing: Outgoing;
  /** The broker checks something of this very message: its user_id, or a permission for each key in CC and BCC. */
  checkedByBroker: boolean;
  mayLeave: (() => boolean) | undefined;
}

interface Waiting extends LaneItem {
  timer: NodeJS.Timeout;
  settled: boolean;
  settle: (result: PublishResult) => void;
}

const OPEN_WITHIN_MS = 10_000;
const IDLE_MS = 10_000;
/** Frames in amqplib's buffer before it asks to wait. */
const HIGH_WATER_MARK = 64;

/**
 * The way to one exchange: a queue of messages, and one channel at a time.
 *
 * A message for which the broker might close the channel goes alone, so that nothing else is in flight then and the
 * broker's "no" is known to be about it: one that the broker checks by itself, one without our header (its return could
 * not be told from another's), one to a routing key that this channel has not proven yet (topic permissions), and one
 * with a body larger than any that this broker has confirmed.
 *
 * Everything happens in `#step`, which is called whenever something has changed and sends as long as it may.
 */
export class PublishLane {
  readonly #exchange: string;
  readonly #connection: Connection;
  readonly #room: Room;
  readonly #logger: Logger;
  readonly #onIdle: () => void;
  readonly #queue: Waiting[] = [];
  readonly #backoff = new Backoff(200, 5_000);
  readonly #stopListening: (() => void)[];
  /** Those that still have messages in flight, the current one among them. */
  readonly #channels = new Set<ConfirmingChannel>();
  #channel: ConfirmingChannel | null = null;
  /** Routing keys that the broker has let through on the current channel. */
  #provenKeys = new Set<string>();
  /** The one in flight went alone: nothing follows it before it has settled. */
  #alone = false;
  #opening = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(exchange: string, connection: Connection, room: Room, logger: Logger, onIdle: () => void) {
    this.#exchange = exchange;
    this.#connection = connection;
    this.#room = room;
    this.#logger = logger;
    this.#onIdle = onIdle;
    this.#stopListening = [connection.onConnected(this.#step), connection.onStateChange(this.#step)];
  }

  submit(item: LaneItem): Promise<PublishResult> {
    return new Promise((resolve) => {
      const waiting: Waiting = {
        ...item,
        settled: false,
        settle: (result) => {
          clearTimeout(waiting.timer);
          waiting.settled = true;
          resolve(result);
        },
        timer: setTimeout(() => {
          waiting.settle(this.#itsTurnDidNotCome());
          this.#step();
        }, item.outgoing.deadlineMs),
      };
      this.#queue.push(waiting);
      this.#step();
    });
  }

  #itsTurnDidNotCome(): PublishResult {
    const { status, blocked, lastError } = this.#connection.state;
    const replyText =
      status === 'connected'
        ? blocked === null
          ? 'its turn did not come in time'
          : `RabbitMQ takes no messages now: ${blocked}`
        : (lastError ?? 'no connection to RabbitMQ');
    return { outcome: 'failed', code: 'item.brokerAway', replyText };
  }

  readonly #step = (): void => {
    while (!this.#closed) {
      const next = this.#next();
      clearTimeout(this.#idle);
      if (!next) {
        this.#restWhenIdle();
        return;
      }
      const channel = this.#channel;
      if (!channel?.usable) {
        this.#open();
        return;
      }
      // While the broker is blocked nothing would be confirmed; what has not left may still be told as failed.
      if (this.#connection.state.blocked !== null || channel.full) return;
      const alone = this.#mustGoAlone(next, channel);
      if (channel.inFlight > 0 && (alone || this.#alone)) return;
      if (!this.#send(next, channel, alone)) return;
    }
  };

  /** The first one that still waits. */
  #next(): Waiting | undefined {
    while (this.#queue[0]?.settled) this.#queue.shift();
    return this.#queue[0];
  }

  #mustGoAlone({ outgoing, checkedByBroker }: Waiting, channel: ConfirmingChannel): boolean {
    const { correlation, routingKey, body } = outgoing;
    return (
      checkedByBroker ||
      correlation === null ||
      channel.carries(correlation) ||
      !this.#provenKeys.has(this.#keyToProve(routingKey)) ||
      !this.#room.isProven(channel.session.id, body.length)
    );
  }

  /** On the default exchange the key is a queue's name, which needs no permission. */
  #keyToProve(routingKey: string): string {
    return this.#exchange === '' ? '' : routingKey;
  }

  /** False when there is no room: `#step` is called when there is. */
  #send(item: Waiting, channel: ConfirmingChannel, alone: boolean): boolean {
    const { outgoing, mayLeave, settle } = item;
    if (outgoing.prepared.headerFrameSize > channel.session.frameMax) {
      const most = channel.session.frameMax;
      settle(refused('item.headersTooLarge', `properties and headers have more than the ${most} bytes of a frame`));
      return true;
    }
    const bytes = outgoing.body.length;
    const mostBytes = this.#room.mostBytes(channel.session.id);
    if (mostBytes !== null && bytes > mostBytes) {
      settle(refused('item.tooLarge', tooLargeText(bytes, mostBytes)));
      return true;
    }
    if (!this.#room.take(bytes, this.#step)) return false;
    if (mayLeave && !this.#allows(mayLeave)) {
      settle({ outcome: 'failed', code: 'item.operationEnded' });
      this.#room.giveBack(bytes);
      return true;
    }
    this.#queue.shift();
    clearTimeout(item.timer);
    this.#alone = alone;
    const provenKeys = this.#provenKeys;
    channel.publish(outgoing, (result) => {
      if (result.outcome === 'confirmed' || result.outcome === 'unroutable') {
        if (provenKeys.size >= 10_000) provenKeys.clear();
        provenKeys.add(this.#keyToProve(outgoing.routingKey));
        this.#room.prove(channel.session.id, bytes);
      } else if (result.code === 'item.tooLarge') {
        this.#room.limit(channel.session.id, mostBytesIn(result.replyText) ?? bytes - 1);
      }
      settle(result);
      this.#room.giveBack(bytes);
    });
    return true;
  }

  #allows(mayLeave: () => boolean): boolean {
    try {
      return mayLeave();
    } catch (thrown) {
      this.#logger.error({ err: thrown }, 'a check before publishing threw');
      return false;
    }
  }

  #open(): void {
    const session = this.#connection.session;
    if (this.#opening || this.#retry || !session) return;
    this.#opening = true;
    this.#openOn(session)
      .catch((thrown: unknown) => {
        const { message } = toBrokerError('channel', thrown);
        this.#logger.warn({ exchange: this.#exchange, reason: message }, 'no channel could be opened for publishing');
        this.#retry = setTimeout(() => {
          this.#retry = undefined;
          this.#step();
        }, this.#backoff.next());
      })
      .finally(() => {
        this.#opening = false;
        this.#step();
      });
  }

  async #openOn(session: Session): Promise<void> {
    const facts = await askExchangeOn(session, this.#exchange);
    if (facts.state !== 'present') {
      const refusal = facts.replyCode === null ? null : refusalOf(facts.replyCode, facts.reason);
      if (!refusal) throw new Error(facts.reason);
      for (const waiting of this.#queue.splice(0)) if (!waiting.settled) waiting.settle(refusal);
      return;
    }
    const opened = await within(OPEN_WITHIN_MS, session.openConfirmChannel(HIGH_WATER_MARK));
    const channel: ConfirmingChannel = new ConfirmingChannel(session, opened, {
      onRoom: this.#step,
      onDead: (dead) => {
        this.#channels.delete(dead);
        this.#step();
      },
    });
    if (this.#closed) {
      await channel.finish(0);
      return;
    }
    this.#backoff.reset();
    this.#provenKeys = new Set();
    this.#alone = false;
    this.#channel = channel;
    this.#channels.add(channel);
  }

  /** An exchange that nothing is sent to any more needs no channel. */
  #restWhenIdle(): void {
    if ([...this.#channels].some(({ inFlight }) => inFlight > 0)) return;
    this.#idle = setTimeout(() => {
      void this.close(0);
    }, IDLE_MS);
    this.#idle.unref();
  }

  /** What waits is `failed`; what is in flight gets up to `graceMs`, then it is `unknown`. Never rejects. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    this.#onIdle();
    for (const stop of this.#stopListening) stop();
    clearTimeout(this.#idle);
    clearTimeout(this.#retry);
    for (const waiting of this.#queue.splice(0)) {
      if (!waiting.settled) waiting.settle({ outcome: 'failed', code: 'item.operationEnded' });
    }
    await Promise.all([...this.#channels].map((channel) => channel.finish(graceMs)));
  }
}
