import net from 'node:net';
import { pause } from '../progress.mjs';
import { Problem } from '../problem.mjs';

/**
 * The first bytes a server on this loopback port sends, after `greeting` was sent to it; undefined when none come in 2 s.
 * @param {number} port
 * @param {Buffer} [greeting]
 * @returns {Promise<Buffer | undefined>}
 */
function firstBytes(port, greeting) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' }, () => greeting && socket.write(greeting));
    const finish = (/** @type {Buffer | undefined} */ bytes) => {
      socket.destroy();
      resolve(bytes);
    };
    socket.setTimeout(2000, () => finish(undefined));
    socket.once('data', finish);
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
  });
}

/**
 * True when a MySQL or MariaDB server takes connections: it greets only after start-up, recovery and its init file.
 * @param {number} port
 */
export async function databaseAnswers(port) {
  const bytes = await firstBytes(port);
  return bytes !== undefined && bytes[4] === 10; // protocol version 10
}

/**
 * True when an AMQP 0-9-1 broker takes connections: it answers the protocol header with `connection.start`, a method frame.
 * @param {number} port
 */
export async function brokerAnswers(port) {
  const bytes = await firstBytes(port, Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'));
  return bytes !== undefined && bytes[0] === 1;
}

/**
 * True when the address answers 200.
 * @param {string} address http address, with or without user and password
 */
export async function httpAnswers(address) {
  const url = new URL(address);
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = url.username ? { authorization: `Basic ${Buffer.from(login).toString('base64')}` } : {};
  url.username = url.password = '';
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/**
 * Waits until `answers` is true.
 * @param {string} what the sentence of the failure starts with it: "RabbitMQ"
 * @param {() => Promise<boolean>} answers
 * @param {{ deadlineMs: number, alive: () => void, hint: () => string }} options
 *   alive: throws when waiting has become pointless; hint: what to show when the deadline passes
 */
export async function waitUntilAnswering(what, answers, { deadlineMs, alive, hint }) {
  const deadline = Date.now() + deadlineMs;
  while (!(await answers())) {
    alive();
    if (Date.now() >= deadline) throw new Problem(`${what} did not answer within ${deadlineMs / 1000} s.\n\n${hint()}`);
    await pause(100);
  }
}
