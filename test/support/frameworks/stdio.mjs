import { createInterface } from 'node:readline';

/**
 * How a worker in Node talks with its test, see worker.ts.
 * @typedef {{ orderId: string, [name: string]: string | number }} Order
 */

/** @type {Set<string>} */
const mended = new Set();

/** @param {'ready' | { order: Order, ok: boolean }} what */
export const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

/**
 * The work itself: throws until it is mended for this order.
 * @param {Order} order
 */
export function work(order) {
  const ok = mended.has(order.orderId);
  say({ order, ok });
  if (!ok) throw Object.assign(new Error('The order API timed out'), { code: 'ETIMEDOUT' });
}

/**
 * Says that everything is declared and consumed, and does what it is told until its input ends.
 * @param {{ send: (order: Order) => unknown, mend?: (order: Order) => unknown, stop: () => Promise<unknown> }} worker
 */
export function serve({ send, mend, stop }) {
  const input = createInterface(process.stdin);
  input.on('line', (line) => {
    /** @type {{ send?: Order, mend?: Order }} */
    const told = JSON.parse(line);
    if (told.send) void send(told.send);
    if (told.mend) {
      mended.add(told.mend.orderId);
      void mend?.(told.mend);
    }
  });
  input.on('close', () => {
    void stop().finally(() => process.exit(0));
  });
  say('ready');
}
