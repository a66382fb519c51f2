import { Duplex } from 'node:stream';

import { ByteBudget } from './byte-budget.ts';

/**
 * The gate before amqplib's frame reading: while the byte budget is shut no frame is read, the socket's buffers fill,
 * and TCP makes the broker wait.
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

  const readFrame = connection.recvFrame.bind(connection);
  connection.recvFrame = () => (budget.shut ? false : readFrame());

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
