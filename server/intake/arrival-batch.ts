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

/** False when the broker delivers again what was not acked: then nothing of it may be stored any more. */
export function isHeld({ channel }: ArrivalBatch): boolean {
  return channel.delivery.alive;
}
