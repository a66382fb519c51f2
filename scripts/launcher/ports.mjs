import { randomInt } from 'node:crypto';
import net from 'node:net';
import { Problem } from './problem.mjs';

/** Below the ports that systems hand out to outgoing connections, so that none of those takes ours between two starts. */
const RANGE = { from: 20_000, to: 32_000 };

/** Ports this process has already given away, whether or not their owner listens yet. */
const given = new Set();

/**
 * True when nothing listens on this port of the loopback address.
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>}
 */
export function isFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A free loopback port: one of the preferred ones where possible, so that addresses stay the same from start to start.
 * @param {...(number | undefined)} preferred
 */
export async function freePort(...preferred) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = preferred[attempt] ?? randomInt(RANGE.from, RANGE.to);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
  throw new Problem(`No free loopback port was found between ${RANGE.from} and ${RANGE.to}.`);
}
