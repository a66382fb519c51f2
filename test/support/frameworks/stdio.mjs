import { createInterface } from 'node:readline';

/**
 * How a worker of ours talks with its test, see worker.ts.
 * @typedef {Record<string, string | number>} Order
 */
let broken = true;

/** @param {unknown} what */
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

/**
 * The work itself: throws as long as it is broken.
 * @param {Order} order
 */
export function work(order) {
  say({ order, ok: !broken });
  if (broken) throw Object.assign(new Error(`The order API timed out for ${order['orderId']}`), { code: 'ETIMEDOUT' });
}

/**
 * Says that everything is declared and consumed, and does what it is told until its input ends.
 * @param {{ send: (order: Order) => unknown, stop: () => Promise<unknown> }} worker
 */
export function serve({ send, stop }) {
  const input = createInterface(process.stdin);
  input.on('line', (line) => {
    const told = JSON.parse(line);
    if (told.mend) broken = false;
    if (told.send) void send(told.send);
  });
  input.on('close', () => {
    void stop().finally(() => process.exit(0));
  });
  say('ready');
}
