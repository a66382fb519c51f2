import { expect } from 'vitest';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import type { Target } from '../../../server/contract/schemas/operations.ts';

import type { FrameworkDesk } from './desk.ts';
import type { Order } from './worker.ts';

export interface RoundTrip {
  order: Order;
  /** How often the worker tries before the message is dead. */
  tries: number;
  /** How often after a resend, where it is less: what the framework counts in what nobody may change. */
  triesAgain?: number;
  /** What the office has to read from the dead message. */
  diagnosis: Partial<Message>;
  /** Where it is resent to; its origin by default. */
  target?: Target;
  /**
   * As what it comes back when it fails again: as the same record by default; as another that says whose copy it is,
   * where nobody knows its queue; as a new one, where the framework loses the office's header.
   */
  comesBackAs?: 'itself' | 'copy' | 'stranger';
}

/**
 * The whole way of one order: the worker fails it for good, the office takes it in and reads why; it is resent while the
 * worker is still broken, has its full budget of tries and comes back; the worker is mended, the order is resent once
 * more, and is done at the first try, with the same contents. Gives the message as it was first read.
 */
export async function roundTrip(desk: FrameworkDesk, trip: RoundTrip): Promise<Message> {
  const { order, tries, triesAgain = tries, diagnosis, target, comesBackAs = 'itself' } = trip;
  desk.worker.send(order);
  const message = await desk.failed();
  expect(message).toMatchObject({ ...diagnosis, status: 'pending', failureCount: 1 });
  const broken = Array<boolean>(tries).fill(false);
  expect(await desk.tried(order, tries)).toEqual(broken);

  expect(await desk.resend(message.id, target)).toMatchObject({ outcome: 'confirmed' });
  const again = await desk.failed(comesBackAs === 'itself' ? 2 : 1);
  expect(again).toMatchObject({ ...diagnosis, copyOf: comesBackAs === 'copy' ? message.id : null });
  expect(again.id === message.id).toBe(comesBackAs === 'itself');
  const brokenTwice = [...broken, ...Array<boolean>(triesAgain).fill(false)];
  expect(await desk.tried(order, brokenTwice.length)).toEqual(brokenTwice);

  desk.worker.mend(order);
  expect(await desk.resend(again.id, target)).toMatchObject({ outcome: 'confirmed' });
  expect(await desk.tried(order, brokenTwice.length + 1)).toEqual([...brokenTwice, true]);
  expect(await desk.message(again.id)).toMatchObject({ status: 'resent' });
  return message;
}
