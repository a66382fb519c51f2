import { Duplex } from 'node:stream';

import { ByteBudget } from './byte-budget.ts';

/**
 * The gate before amqplib's frame reading: while the byte budget is shut no frame is read, the socket's buffers fill,
 * and TCP makes the broker wait. And frames are read for some ms at a time only, so that a burst of messages does not
 * keep everything else of the process waiting.
 *
 * Heartbeats go on in both directions: ours leave by amqplib's timer as always, which is all that the broker looks at;
 * the broker's cannot be read while the gate is shut, so that time counts as if they had come. A connection that died
 * meanwhile shows when a heartbeat of ours cannot be written, or at the latest when the gate opens.
 */

/** What is needed of amqplib's Connection object; it is not part of its public types. */
interface WireConnection {
  stream: Duplex;
  frameMax: number;
  recvFrame: () => unknown;
  recvSinceLastCheck: boolean;
}

function isWireConnection(value: object): value is WireConnection {
  return (
    'stream' in value &&
    value.stream instanceof Duplex &&
    'frameMax' in value &&
    typeof value.frameMax === 'number' &&
    'recvFrame' in value &&
    typeof value.recvFrame === 'function' &&
    'recvSinceLastCheck' in value &&
    typeof value.recvSinceLastCheck === 'boolean'
  );
}

export interface WireGate {
  budget: ByteBudget;
  frameMax: number;
  /** Ends the socket at once, without a goodbye. */
  destroy: () => void;
}

/** How long frames are read before everything else of the process has its turn, in ms. */
const READING_TURN_MS = 5;

/**
 * amqplib reads and hands over all frames that have come before it lets go: of a burst, thousands of messages, while
 * every other socket and timer of the process waits. Here it stops after some ms and goes on in the next turn.
 */
class ReadingTurns {
  readonly #goOn: () => void;
  #began: number | null = null;
  #over = false;

  /** `goOn` is called in a turn after one that was over. */
  constructor(goOn: () => void) {
    this.#goOn = goOn;
  }

  /** Asked before each frame. */
  get over(): boolean {
    const now = performance.now();
    if (this.#began === null) {
      this.#began = now;
      setImmediate(() => {
        this.#next();
      });
    } else if (now - this.#began > READING_TURN_MS) this.#over = true;
    return this.#over;
  }

  #next(): void {
    const wasOver = this.#over;
    this.#began = null;
    this.#over = false;
    if (wasOver) this.#goOn();
  }
}

/** Puts the gate before the frames of a connection that amqplib has just opened. */
export function installGate(connection: object, byteBudget: number): WireGate {
  if (!isWireConnection(connection))
    throw new Error('amqplib has other parts inside than the byte budget was built on');
  const { stream, frameMax } = connection;

  const budget = new ByteBudget(byteBudget, () => {
    // Not within the caller's turn: giving back must not deliver the next message before it returns.
    // amqplib reads all frames there are when the stream says so.
    setImmediate(() => stream.emit('readable'));
  });

  const turns = new ReadingTurns(() => stream.emit('readable'));
  const readFrame = connection.recvFrame.bind(connection);
  connection.recvFrame = () => (budget.shut || turns.over ? false : readFrame());

  let received = connection.recvSinceLastCheck;
  Object.defineProperty(connection, 'recvSinceLastCheck', {
    get: () => received || budget.shut,
    set: (value: boolean) => {
      received = value;
    },
  });

  // With an error: amqplib looks at nothing else, and would go on sending heartbeats into a socket that is gone.
  return { budget, frameMax, destroy: () => void stream.destroy(new Error('the connection was given up')) };
}
