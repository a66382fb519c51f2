import type { MessageStatus } from '../../../server/contract/messages.ts';
import type { Outcome } from '../../../server/contract/operations.ts';
import type { Message, TimelineEntry } from '../../../server/contract/schemas/messages.ts';
import type { NewOperation, Operation, OperationItem } from '../../../server/contract/schemas/operations.ts';

/** A running operation of the fake office: each look at it takes it one step further. */
export interface FakeOperation {
  operation: Operation;
  items: OperationItem[];
  /** Somebody said that it goes on behind its first messages. */
  isLetOn: boolean;
}

const ENDS_AS: Record<Operation['action'], MessageStatus> = {
  resend: 'resent',
  delete: 'deleted',
  restore: 'pending',
  handle: 'handled',
  markResent: 'resent',
};

export function createFakeOperation(
  id: string,
  asked: NewOperation,
  messages: readonly Message[],
  at: string,
): FakeOperation {
  return {
    operation: {
      id,
      action: asked.action,
      status: 'running',
      actor: 'operator',
      reason: asked.reason ?? null,
      filter: 'filter' in asked.selection ? asked.selection.filter : null,
      target: asked.action === 'resend' ? (asked.target ?? { kind: 'original' }) : null,
      total: messages.length,
      outcomes: { confirmed: 0, unroutable: 0, refused: 0, failed: 0, unknown: 0, skipped: 0 },
      cameBack: 0,
      settled: 0,
      ratePerSecond: asked.ratePerSecond ?? null,
      ...(asked.edited === true ? { edited: true } : {}),
      ...(asked.limit === undefined ? {} : { limit: asked.limit }),
      ...(asked.canary === undefined ? {} : { canary: asked.canary }),
      ...(asked.stopWhenCameBack === undefined ? {} : { stopWhenCameBack: asked.stopWhenCameBack }),
      startAt: asked.startAt ?? null,
      hold: null,
      approval: null,
      createdAt: at,
      startedAt: at,
      finishedAt: null,
    },
    isLetOn: false,
    items: messages.map((message) => ({
      messageId: message.id,
      outcome: null,
      exchange: message.exchange,
      routingKey: message.routingKey,
      at: null,
    })),
  };
}

/** Gives up to `count` waiting items their outcome: a message for `nowhere` is unroutable, all others are confirmed. */
export function advance(fake: FakeOperation, messages: Message[], count: number, at: string): void {
  const { canary } = fake.operation;
  const most = canary && !fake.isLetOn ? Math.min(count, canary.first) : count;
  const waiting = fake.items.filter(({ outcome }) => outcome === null).slice(0, most);
  for (const item of waiting) {
    const message = messages.find(({ id }) => id === item.messageId);
    const outcome: Outcome = message?.routingKey === 'nowhere' ? 'unroutable' : 'confirmed';
    item.outcome = outcome;
    item.at = at;
    if (outcome === 'unroutable') item.error = { code: 'item.noRoute', text: 'NO_ROUTE (312)' };
    else if (message) message.status = ENDS_AS[fake.operation.action];
    fake.operation.outcomes[outcome] += 1;
  }
  if (fake.items.every(({ outcome }) => outcome !== null)) {
    fake.operation.status = 'finished';
    fake.operation.finishedAt ??= at;
  } else if (canary?.then === 'ask' && !fake.isLetOn) {
    fake.operation.status = 'paused';
    fake.operation.hold = { code: 'canaryAsks', params: { sent: canary.first, cameBack: 0, notDelivered: 0 } };
  }
}

/** What a second person said of one that waits for them. */
export function decided(
  { operation }: FakeOperation,
  verb: 'approve' | 'reject',
  reason: string,
  at: string,
): Operation {
  const isApproved = verb === 'approve';
  operation.status = isApproved ? 'running' : 'stopped';
  operation.hold = null;
  if (operation.approval) {
    operation.approval.decision = { what: isApproved ? 'approved' : 'rejected', by: 'operator', reason, at };
  }
  if (!isApproved) {
    operation.finishedAt = at;
    operation.stoppedBecause = { code: 'rejected', params: { by: 'operator', reason } };
  }
  return operation;
}

/** What an operation adds to the history of one message. */
export function timelineOf(fake: FakeOperation, messageId: string, editId: string | null): TimelineEntry[] {
  const { operation } = fake;
  return fake.items
    .filter((item) => item.messageId === messageId)
    .map((item) => ({
      kind: 'operation' as const,
      at: item.at ?? operation.createdAt,
      messageId,
      actor: operation.actor,
      operationId: operation.id,
      requestedAt: operation.createdAt,
      action: operation.action,
      outcome: item.outcome,
      exchange: item.exchange,
      routingKey: item.routingKey,
      reason: operation.reason,
      error: item.error?.code ?? null,
      editId,
    }));
}
