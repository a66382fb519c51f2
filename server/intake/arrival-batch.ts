import type { DeliveryChannel } from '../amqp/consumer.ts';

import type { Arrival } from './arrival.ts';

/** The channel that a batch came by, as long as its tags mean something. */
export interface ArrivalChannel {
  /** The life of the connection; see `channelName`. */
  session: string;
  /** As written down in `intake_batches`. */
  name: string;
  delivery: DeliveryChannel;
}

/** Deliveries that follow each other on one channel, stored in one transaction. */
export interface ArrivalBatch {
  channel: ArrivalChannel;
  arrivals: readonly Arrival[];
  /** Taken before the first attempt and kept: by it every attempt finds out whether an earlier one was committed. */
  id: bigint | null;
  /** A commit was sent and its answer never came. */
  commitOpen: boolean;
  /** The messages of the journal that hold it. */
  entries: readonly string[];
}

export function newBatch(channel: ArrivalChannel, arrivals: readonly Arrival[]): ArrivalBatch {
  return { channel, arrivals, id: null, commitOpen: false, entries: [] };
}

/** Arrivals divided where their tags do not follow each other: an ack reaches all of such a part or nothing of it. */
export function ackedAsOne(arrivals: readonly Arrival[]): Arrival[][] {
  const parts: Arrival[][] = [];
  for (const arrival of arrivals) {
    const part = parts.at(-1);
    if (part?.at(-1)?.delivery.deliveryTag === arrival.delivery.deliveryTag - 1) part.push(arrival);
    else parts.push([arrival]);
  }
  return parts;
}

/** False when the broker delivers again what was not acked: then nothing of it may be stored any more. */
export function isHeld({ channel }: ArrivalBatch): boolean {
  return channel.delivery.alive;
}
