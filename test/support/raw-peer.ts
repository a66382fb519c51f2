import { connect, type Socket } from 'node:net';

import { testServices } from './services.ts';
import { int, long, short, string, table, tableOf, uint8, value, type HeaderBytes } from './wire-bytes.ts';

/** A message as its bytes came. */
export interface RawMessage {
  deliveryTag: bigint;
  exchange: string;
  routingKey: string;
  header: HeaderBytes;
  body: Buffer;
}

/** Thrown by what the broker answers with `channel.close` or `connection.close`. */
export class RawRefusal extends Error {
  readonly code: number;
  /** What the broker closed; a channel is open again. */
  readonly closed: 'channel' | 'connection';

  constructor(code: number, text: string, closed: 'channel' | 'connection') {
    super(`${code} ${text}`);
    this.code = code;
    this.closed = closed;
  }
}

/**
 * A peer of AMQP 0-9-1 of the tests' own: frames over a socket, without any library and without the office's codec. One
 * channel, one thing at a time. It is here to see what is really on the wire.
 */
export interface RawPeer {
  user: string;
  frameMax: number;
  declareQueue: (
    name: string,
    deadLetter?: { exchange: string; routingKey?: string; messageTtlMs?: number },
  ) => Promise<void>;
  declareExchange: (name: string, type: string) => Promise<void>;
  bind: (queue: string, exchange: string, routingKey: string) => Promise<void>;
  deleteQueue: (name: string) => Promise<void>;
  deleteExchange: (name: string) => Promise<void>;
  /** Publishes exactly these bytes and waits for the confirm. Rejects when the broker says no or returns it. */
  publish: (message: {
    exchange: string;
    routingKey: string | Buffer;
    header: HeaderBytes;
    body: Buffer;
  }) => Promise<void>;
  /** Null when the queue is empty. */
  get: (queue: string, options?: { ack: boolean }) => Promise<RawMessage | null>;
  /** Without requeueing it: a dead-letter exchange gets it. */
  reject: (deliveryTag: bigint) => void;
  close: () => Promise<void>;
}

const METHOD = 1;
const HEADER = 2;
const BODY = 3;
const FRAME_END = 0xce;
const CHANNEL = 1;
const BASIC = 60;

/** Methods by class and number. */
const name = (classId: number, methodId: number) => `${classId}.${methodId}`;
const CONNECTION_START = name(10, 10);
const CONNECTION_TUNE = name(10, 30);
const CONNECTION_OPEN_OK = name(10, 41);
const CONNECTION_CLOSE = name(10, 50);
const CONNECTION_CLOSE_OK = name(10, 51);
const CHANNEL_OPEN_OK = name(20, 11);
const CHANNEL_CLOSE = name(20, 40);
const EXCHANGE_DECLARE_OK = name(40, 11);
const EXCHANGE_DELETE_OK = name(40, 21);
const QUEUE_DECLARE_OK = name(50, 11);
const QUEUE_BIND_OK = name(50, 21);
const QUEUE_DELETE_OK = name(50, 41);
const BASIC_RETURN = name(60, 50);
const BASIC_GET_OK = name(60, 71);
const BASIC_GET_EMPTY = name(60, 72);
const BASIC_ACK = name(60, 80);
const BASIC_NACK = name(60, 120);
const CONFIRM_SELECT_OK = name(85, 11);

interface Received {
  method: string;
  /** What follows class and method. */
  fields: Buffer;
  header: HeaderBytes;
  body: Buffer;
}

/** Reads frames, puts a message's frames together, and hands out what came in order. */
class Inbox {
  #bytes = Buffer.alloc(0);
  #open: (Received & { left: number }) | null = null;
  #waiting: { resolve: (received: Received) => void; reject: (error: Error) => void } | null = null;
  readonly #received: Received[] = [];
  #error: Error | null = null;

  constructor(socket: Socket) {
    socket.on('data', (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#readFrames();
    });
    socket.on('error', (error) => {
      this.#fail(error);
    });
    socket.on('close', () => {
      this.#fail(new Error('The broker closed the socket.'));
    });
  }

  next(): Promise<Received> {
    const received = this.#received.shift();
    if (received !== undefined) return Promise.resolve(received);
    if (this.#error !== null) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#waiting?.reject(this.#error);
    this.#waiting = null;
  }

  #readFrames(): void {
    let at = 0;
    while (this.#bytes.length >= at + 8) {
      const size = this.#bytes.readUInt32BE(at + 3);
      if (this.#bytes.length < at + 8 + size) break;
      if (this.#bytes[at + 7 + size] !== FRAME_END) this.#fail(new Error('A frame does not end as it should.'));
      this.#take(this.#bytes.readUInt8(at), this.#bytes.subarray(at + 7, at + 7 + size));
      at += 8 + size;
    }
    this.#bytes = this.#bytes.subarray(at);
  }

  #take(type: number, payload: Buffer): void {
    const none = Buffer.alloc(0);
    if (type === METHOD) {
      const method = name(payload.readUInt16BE(0), payload.readUInt16BE(2));
      const received = { method, fields: payload.subarray(4), header: none, body: none };
      if (method === BASIC_GET_OK || method === BASIC_RETURN) this.#open = { ...received, left: 0 };
      else this.#give(received);
    } else if (this.#open !== null && type === HEADER) {
      // Class, weight, size of the body; the rest is what the publisher wrote.
      this.#open.left = Number(payload.readBigUInt64BE(4));
      this.#open.header = payload.subarray(12);
      this.#giveWhenWhole();
    } else if (this.#open !== null && type === BODY) {
      this.#open.left -= payload.length;
      this.#open.body = Buffer.concat([this.#open.body, payload]);
      this.#giveWhenWhole();
    }
  }

  #giveWhenWhole(): void {
    if (this.#open?.left !== 0) return;
    const { method, fields, header, body } = this.#open;
    this.#open = null;
    this.#give({ method, fields, header, body });
  }

  #give(received: Received): void {
    if (this.#waiting === null) this.#received.push(received);
    else this.#waiting.resolve(received);
    this.#waiting = null;
  }
}

/** Connects with PLAIN, and opens a channel with publisher confirms. */
export async function openRawPeer(amqpUrl = testServices().amqpUrl): Promise<RawPeer> {
  const url = new URL(amqpUrl);
  const user = url.username === '' ? 'guest' : decodeURIComponent(url.username);
  const password = url.password === '' ? 'guest' : decodeURIComponent(url.password);
  const vhost = url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : '/';
  const socket = connect({ host: url.hostname, port: Number(url.port || 5672), noDelay: true });
  const inbox = new Inbox(socket);

  const frame = (type: number, channel: number, payload: Buffer) =>
    Buffer.concat([uint8(type), int(2, channel), int(4, payload.length), payload, uint8(FRAME_END)]);
  const methodFrame = (channel: number, classId: number, methodId: number, ...fields: Buffer[]) =>
    frame(METHOD, channel, Buffer.concat([int(2, classId), int(2, methodId), ...fields]));
  const write = (...frames: Buffer[]) => socket.write(Buffer.concat(frames));

  const expectOneOf = async (...methods: string[]): Promise<Received> => {
    const received = await inbox.next();
    if (methods.includes(received.method)) return received;
    if (received.method === CHANNEL_CLOSE || received.method === CONNECTION_CLOSE) {
      const code = received.fields.readUInt16BE(0);
      const text = received.fields.subarray(3, 3 + received.fields.readUInt8(2)).toString('utf8');
      if (received.method === CHANNEL_CLOSE) {
        write(methodFrame(CHANNEL, 20, 41));
        await openChannel();
      } else {
        write(methodFrame(0, 10, 51));
        socket.destroy();
      }
      throw new RawRefusal(code, text, received.method === CHANNEL_CLOSE ? 'channel' : 'connection');
    }
    throw new Error(`${methods.join(' or ')} was expected, ${received.method} came.`);
  };
  const openChannel = async () => {
    write(methodFrame(CHANNEL, 20, 10, short('')));
    await expectOneOf(CHANNEL_OPEN_OK);
    write(methodFrame(CHANNEL, 85, 10, uint8(0)));
    await expectOneOf(CONFIRM_SELECT_OK);
  };

  socket.write(Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]));
  await expectOneOf(CONNECTION_START);
  const capabilities = table(['publisher_confirms', value('t', uint8(1))], ['basic.nack', value('t', uint8(1))]);
  const clientProperties = tableOf(['product', string('raw test peer')], ['capabilities', capabilities]);
  const login = long(`\0${user}\0${password}`);
  write(methodFrame(0, 10, 11, clientProperties, short('PLAIN'), login, short('en_US')));
  const tune = (await expectOneOf(CONNECTION_TUNE)).fields;
  const frameMax = tune.readUInt32BE(2);
  write(
    methodFrame(0, 10, 31, int(2, tune.readUInt16BE(0)), int(4, frameMax), int(2, 0)),
    methodFrame(0, 10, 40, short(vhost), short(''), uint8(0)),
  );
  await expectOneOf(CONNECTION_OPEN_OK);
  await openChannel();

  const ask = async (answer: string, classId: number, methodId: number, ...fields: Buffer[]) => {
    write(methodFrame(CHANNEL, classId, methodId, ...fields));
    await expectOneOf(answer);
  };
  const reserved = int(2, 0);
  return {
    user,
    frameMax,
    declareQueue: (queue, deadLetter) => {
      const settings: [string, Buffer][] = [];
      if (deadLetter !== undefined) settings.push(['x-dead-letter-exchange', string(deadLetter.exchange)]);
      if (deadLetter?.routingKey !== undefined) {
        settings.push(['x-dead-letter-routing-key', string(deadLetter.routingKey)]);
      }
      if (deadLetter?.messageTtlMs !== undefined) {
        settings.push(['x-message-ttl', value('I', int(4, deadLetter.messageTtlMs))]);
      }
      const durable = uint8(2);
      return ask(QUEUE_DECLARE_OK, 50, 10, reserved, short(queue), durable, tableOf(...settings));
    },
    declareExchange: (exchange, type) =>
      ask(EXCHANGE_DECLARE_OK, 40, 10, reserved, short(exchange), short(type), uint8(2), tableOf()),
    bind: (queue, exchange, routingKey) =>
      ask(QUEUE_BIND_OK, 50, 20, reserved, short(queue), short(exchange), short(routingKey), uint8(0), tableOf()),
    deleteQueue: (queue) => ask(QUEUE_DELETE_OK, 50, 40, reserved, short(queue), uint8(0)),
    deleteExchange: (exchange) => ask(EXCHANGE_DELETE_OK, 40, 20, reserved, short(exchange), uint8(0)),
    publish: async ({ exchange, routingKey, header, body }) => {
      const mandatory = uint8(1);
      const parts: Buffer[] = [];
      for (let at = 0; at < body.length; at += frameMax - 8) parts.push(body.subarray(at, at + frameMax - 8));
      write(
        methodFrame(CHANNEL, BASIC, 40, reserved, short(exchange), short(routingKey), mandatory),
        frame(HEADER, CHANNEL, Buffer.concat([int(2, BASIC), int(2, 0), int(8, body.length), header])),
        ...parts.map((part) => frame(BODY, CHANNEL, part)),
      );
      const answer = await expectOneOf(BASIC_ACK, BASIC_NACK, BASIC_RETURN);
      if (answer.method === BASIC_ACK) return;
      if (answer.method === BASIC_RETURN) await expectOneOf(BASIC_ACK);
      throw new Error(
        `The broker took a message into no queue (${answer.method === BASIC_NACK ? 'nack' : 'returned'}).`,
      );
    },
    get: async (queue, { ack } = { ack: false }) => {
      write(methodFrame(CHANNEL, BASIC, 70, reserved, short(queue), uint8(ack ? 0 : 1)));
      const { method, fields, header, body } = await expectOneOf(BASIC_GET_OK, BASIC_GET_EMPTY);
      if (method === BASIC_GET_EMPTY) return null;
      const exchangeEnd = 10 + fields.readUInt8(9);
      const keyEnd = exchangeEnd + 1 + fields.readUInt8(exchangeEnd);
      return {
        deliveryTag: fields.readBigUInt64BE(0),
        exchange: fields.subarray(10, exchangeEnd).toString('utf8'),
        routingKey: fields.subarray(exchangeEnd + 1, keyEnd).toString('utf8'),
        header: Buffer.from(header),
        body,
      };
    },
    reject: (deliveryTag) => {
      write(methodFrame(CHANNEL, BASIC, 90, int(8, deliveryTag), uint8(0)));
    },
    close: async () => {
      write(methodFrame(0, 10, 50, int(2, 200), short('bye'), int(2, 0), int(2, 0)));
      await expectOneOf(CONNECTION_CLOSE_OK);
      socket.destroy();
    },
  };
}
