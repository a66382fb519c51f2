/**
 * The causes of failure, each broken or fixed while the pipeline runs.
 *
 * | state  | left by                                   | means                                                     |
 * |--------|-------------------------------------------|-----------------------------------------------------------|
 * | broken | `fix` (command, button, POST /faults/NAME) | orders with the cause's trait fail; a start begins here    |
 * | fixed  | `break`                                   | they succeed; messages that failed before succeed on a resend |
 */

export const FAULT_NAMES = [
  'order-api',
  'warehouse-feed',
  'partner-parser',
  'template',
  'talk-sender',
  'stock-worker',
  'ledger',
  'receipt-printer',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

export interface Fault {
  name: FaultName;
  /** What is wrong while it is broken, for the page. */
  trouble: string;
  /** What the fix stands for in real life. */
  cure: string;
  /** How its failures look in the console. */
  looksLike: string;
  /** The work whose queue its failures come from, and what they are told by: the broker's reason or the error's type. */
  queue: 'cancel' | 'stock' | 'refund' | 'receipt' | 'notice' | 'talk';
  sign: string;
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'order-api',
    trouble: 'The order API does not answer for orders held in Jeju.',
    cure: 'the order API answers again',
    looksLike: 'OrderApiTimeoutError after 3 retries, in orders.cancel; one message may carry several orders',
    queue: 'cancel',
    sign: 'OrderApiTimeoutError',
  },
  {
    name: 'warehouse-feed',
    trouble: 'The warehouse feed marks orders in Gimpo as shipped too early, and shipped orders cannot be cancelled.',
    cure: 'the feed tells the truth: they are not shipped',
    looksLike: 'rejected, from orders.cancel, with no reason recorded',
    queue: 'cancel',
    sign: 'rejected',
  },
  {
    name: 'partner-parser',
    trouble: 'A partner mall sends JSON with trailing commas, and the worker’s parser is strict.',
    cure: 'a parser that forgives the commas is rolled out',
    looksLike: 'MalformedMessageError, in orders.cancel',
    queue: 'cancel',
    sign: 'MalformedMessageError',
  },
  {
    name: 'template',
    trouble: 'The notice template for VIP customers is missing.',
    cure: 'the template is registered',
    looksLike: 'TemplateNotFoundError, in notice.send',
    queue: 'notice',
    sign: 'TemplateNotFoundError',
  },
  {
    name: 'talk-sender',
    trouble: 'The sender of talk messages is down; a talk notice may wait 8 seconds.',
    cure: 'the sender runs again',
    looksLike: 'expired, from notice.talk',
    queue: 'talk',
    sign: 'expired',
  },
  {
    name: 'stock-worker',
    trouble: 'The stock worker is down, and its queue holds 3 messages: the oldest is dropped for the next one.',
    cure: 'the stock worker runs again',
    looksLike: 'maxlen, from orders.stock',
    queue: 'stock',
    sign: 'maxlen',
  },
  {
    name: 'ledger',
    trouble: 'The ledger row of virtual accounts is locked; refunds go back to their queue until its delivery limit.',
    cure: 'the lock is released',
    looksLike: 'delivery_limit, from orders.refund',
    queue: 'refund',
    sign: 'delivery_limit',
  },
  {
    name: 'receipt-printer',
    trouble:
      'The receipt printer, a process of its own, is killed by receipts with emoji; its queue gives up after the third time.',
    cure: 'a printer with the right font is rolled out',
    looksLike: 'delivery_limit, from orders.receipt',
    queue: 'receipt',
    sign: 'delivery_limit',
  },
];

export interface Faults {
  isBroken(name: FaultName): boolean;
  set(name: FaultName, broken: boolean): void;
  /** Called after every change. */
  onChange(listener: (name: FaultName, broken: boolean) => void): void;
}

export function isFaultName(name: string): name is FaultName {
  return FAULT_NAMES.some((known) => known === name);
}

/** All broken, or only those in `broken`. Kept in memory: a restart begins anew. */
export function createFaults(broken: readonly FaultName[] = FAULT_NAMES): Faults {
  const current = new Set(broken);
  const listeners: ((name: FaultName, broken: boolean) => void)[] = [];
  return {
    isBroken: (name) => current.has(name),
    set: (name, nowBroken) => {
      if (current.has(name) === nowBroken) return;
      if (nowBroken) current.add(name);
      else current.delete(name);
      for (const listener of listeners) listener(name, nowBroken);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
