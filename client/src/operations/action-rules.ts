import { MESSAGE_STATUSES, type MessageStatus } from '../../../server/contract/messages.ts';
import type { Action } from '../../../server/contract/operations.ts';
import type { Message, MessageFilter } from '../../../server/contract/schemas/messages.ts';
import type { Target } from '../../../server/contract/schemas/operations.ts';

/** From which states an act may take a message. The office checks each one again when its turn comes. */
export const ALLOWED_FROM: Readonly<Record<Action, readonly MessageStatus[]>> = {
  resend: ['pending', 'unknown', 'resent', 'settled'],
  delete: ['pending', 'unknown'],
  restore: ['handled', 'deleted'],
  handle: ['pending', 'unknown'],
  markResent: ['unknown'],
};

export function allows(action: Action, status: MessageStatus): boolean {
  return ALLOWED_FROM[action].includes(status);
}

/** The states in which an act takes a message that matches a filter; those already sent only where it names their state. */
export function takenByFilter(action: Action, filter: MessageFilter): MessageStatus[] {
  return ALLOWED_FROM[action].filter(
    (status) => (status !== 'resent' && status !== 'settled') || filter.status?.includes(status) === true,
  );
}

/** Whether a filter lets messages through that the act does not take. Without a status it is every one but deleted. */
export function matchesOthers(action: Action, filter: MessageFilter): boolean {
  const taken = takenByFilter(action, filter);
  const matched = filter.status ?? MESSAGE_STATUSES.filter((status) => status !== 'deleted');
  return matched.some((status) => !taken.includes(status));
}

/** The messages of a selection by what will become of them in an act. */
export interface Plan {
  /** These are sent to the office. */
  goes: Message[];
  wrongStatus: Message[];
  /** Of a resend: the chosen target needs to know where the message was. */
  nowhereToGo: Message[];
  possibleDuplicates: Message[];
  /** Of those that go: were already sent once, and confirmed. */
  sentBefore: Message[];
  /** Of those that go: were sent, and nobody knows whether they arrived. */
  maybeArrived: Message[];
}

/** Divides a selection before anything is asked of the office, so that the dialog can say what will happen. */
export function plan(
  action: Action,
  messages: readonly Message[],
  target: Target['kind'],
  includePossibleDuplicates: boolean,
): Plan {
  const divided: Plan = {
    goes: [],
    wrongStatus: [],
    nowhereToGo: [],
    possibleDuplicates: [],
    sentBefore: [],
    maybeArrived: [],
  };
  for (const message of messages) {
    if (!allows(action, message.status)) divided.wrongStatus.push(message);
    else if (action === 'resend' && !hasTarget(message, target)) divided.nowhereToGo.push(message);
    else {
      if (action === 'resend' && message.possibleDuplicateOf !== null) {
        divided.possibleDuplicates.push(message);
        // Whoever names this one message means it.
        if (!includePossibleDuplicates && messages.length > 1) continue;
      }
      divided.goes.push(message);
      if (action !== 'resend') continue;
      if (message.status === 'resent' || message.status === 'settled') divided.sentBefore.push(message);
      if (message.status === 'unknown') divided.maybeArrived.push(message);
    }
  }
  return divided;
}

function hasTarget({ exchange, routingKey, queue }: Message, target: Target['kind']): boolean {
  if (target === 'custom') return true;
  return target === 'queue' ? queue !== null : exchange !== null && routingKey !== null;
}

/** One place that messages of a resend go to. */
export interface Destination {
  exchange: string;
  routingKey: string;
  count: number;
}

/** Where the messages go, most first. Copies by CC are not sent again: their queues had the message. */
export function destinations(messages: readonly Message[], target: Target): Destination[] {
  const found = new Map<string, Destination>();
  for (const message of messages) {
    const { exchange, routingKey } = destination(message, target);
    const key = JSON.stringify([exchange, routingKey]);
    const known = found.get(key);
    if (known) known.count += 1;
    else found.set(key, { exchange, routingKey, count: 1 });
  }
  return [...found.values()].sort((one, other) => other.count - one.count);
}

function destination(message: Message, target: Target): Omit<Destination, 'count'> {
  if (target.kind === 'custom') return { exchange: target.exchange, routingKey: target.routingKey };
  if (target.kind === 'queue') return { exchange: '', routingKey: message.queue ?? '' };
  return { exchange: message.exchange ?? '', routingKey: message.routingKeys[0] ?? message.routingKey ?? '' };
}
