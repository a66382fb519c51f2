import type { HeaderTable, MessageProperties } from '../amqp/message.ts';
import type { FailureReason } from '../contract/messages.ts';
import type { InnerMessage } from './inner-message.ts';

/** What a diagnosis is made from: a dead message as it arrived, and the dead queue it was taken from. */
export interface DeadMessage {
  deadQueue: string;
  exchange: string;
  routingKey: string;
  properties: MessageProperties;
  headers: HeaderTable;
  body: Buffer;
}

/** Where the message was before it died. Unknown parts are null; `routingKeys[0]` is the key it was published with. */
export interface Origin {
  exchange: string | null;
  routingKeys: string[];
  queue: string | null;
}

/** One entry of the broker's own history (`x-death`), most recent first, every field checked. */
export interface BrokerDeath {
  queue: string;
  reason: string;
  /** '' is the default exchange; null when the entry does not say. */
  exchange: string | null;
  routingKeys: string[];
  count: number;
  /** The first time it died in this queue for this reason; the broker keeps no later one. */
  firstAt: Date | null;
  originalExpiration: string | null;
}

/** What the office reads from a dead message. Fields nobody recorded are null: nothing is invented. */
export interface Diagnosis {
  /** The dialect that gave the reason, as stored and filtered: `rabbitmq` for x-death alone, `convention` for ours. */
  framework: string | null;
  reason: FailureReason;
  errorType: string | null;
  errorMessage: string | null;
  stackTrace: string | null;
  retryCount: number | null;
  /** When the message says that it failed. */
  occurredAt: Date | null;
  origin: Origin;
  history: BrokerDeath[];
  /** Header names that the framework added because it failed; removed on a resend beside the broker's own. */
  stripHeaders: string[];
  /** The failed message itself, where a framework put it into an envelope: it is what is shown and sent again. */
  inner?: InnerMessage;
}
