import type { Message } from '../../../../server/contract/schemas/messages.ts';

/** The address at which two messages are compared: the one that failed first is on the left. */
export function comparePath(one: Pick<Message, 'id' | 'failedAt'>, other: Pick<Message, 'id' | 'failedAt'>): string {
  const [left, right] = one.failedAt <= other.failedAt ? [one, other] : [other, one];
  return `/messages/compare?left=${left.id}&right=${right.id}`;
}
