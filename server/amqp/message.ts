import type { HeaderTable, MessageProperties } from '../contract/wire.ts';

export type { Header, HeaderTable, MessageProperties, RawBytes, TextProperty, TypedValue } from '../contract/wire.ts';

/** What is kept of a message and can be published again. `headers` is absent when the message had no table at all. */
export interface MessageContents {
  properties: MessageProperties;
  headers?: HeaderTable;
  body: Buffer;
}

/** One delivery from a dead queue. */
export interface Delivery extends MessageContents {
  /** Unique on its channel only. */
  deliveryTag: number;
  redelivered: boolean;
  /** The exchange and key it was last routed by: mostly those of the dead-letter exchange. */
  exchange: string;
  routingKey: string;
}
