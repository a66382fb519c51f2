import { z } from 'zod';

import type { AuditKind } from '../contract/audit.ts';
import type { AuditField } from '../contract/audit-fields.ts';
import { recordChanges, type NewChange } from '../database/changes.ts';
import { idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';

import type { Credential } from '../web/route.ts';

import { CHANGED_BY } from './changed-by.ts';
import { namedOrders, noteNamedOrders } from './named-orders.ts';

const insertedId = z.tuple([idColumn]);

/** Who did something: a person, by their session or by a token of theirs, or the office itself. */
export interface Actor {
  userId: string | null;
  username: string;
  /** Of a principal: from where they act. */
  address?: string;
  credential?: Credential;
}

/** An act to put on record. `details` is JSON of ours, never text from a message: the fields that its kind may have. */
export interface NewAuditEvent<K extends AuditKind = AuditKind> {
  actor: Actor;
  kind: K;
  operationId?: string;
  messageId?: string;
  /** What it was done to, in words: a queue's name, a username. */
  subject?: string;
  /** The id of what was changed, for those who look at it; an operation's need not be said twice. */
  subjectId?: string;
  details?: Readonly<Partial<Record<AuditField<K>, unknown>>>;
  requestId?: string;
}

/** The actor of what the office does by itself. */
export const THE_OFFICE = { userId: null, username: 'office' } as const;

/**
 * Writes an audit event, and tells the event streams of all instances what it changed. Give it the transaction of the
 * act: an act without its event, or the reverse, cannot be.
 */
export async function recordAuditEvent<K extends AuditKind>(
  database: Database | Transaction,
  event: NewAuditEvent<K>,
): Promise<void> {
  await recordAuditEvents(database, [event]);
}

/** An act by a token has its user's name on it, and says which of the user's tokens it was. */
function byToken({ credential }: Actor): { token?: { id: string; name: string } } {
  return credential?.kind === 'token' ? { token: { id: credential.id, name: credential.name } } : {};
}

/** Likewise for several of one act; many of one kind are told of as one change. */
export async function recordAuditEvents<K extends AuditKind>(
  database: Database | Transaction,
  events: readonly NewAuditEvent<K>[],
): Promise<void> {
  if (events.length === 0) return;
  const naming = events.filter(({ details }) => namedOrders(details).length > 0);
  const others = events.filter((event) => !naming.includes(event));
  if (others.length > 0) {
    await database('audit_events').insert(others.map((event) => columnsOf(database, event)));
  }
  for (const event of naming) {
    const inserted: unknown = await database('audit_events').insert(columnsOf(database, event));
    await noteNamedOrders(database, insertedId.parse(inserted)[0], namedOrders(event.details));
  }
  const changes = new Map<string, NewChange>();
  for (const { kind, subjectId, operationId } of events) {
    const changed = CHANGED_BY[kind];
    if (changed === null) continue;
    const change = { kind: changed, subjectId: subjectId ?? operationId ?? null };
    changes.set(JSON.stringify(change), change);
  }
  await recordChanges(database, [...changes.values()]);
}

function columnsOf(database: Database | Transaction, event: NewAuditEvent) {
  const { address = '' } = event.actor;
  return {
    at: database.raw('UTC_TIMESTAMP(3)'),
    actor_id: event.actor.userId,
    actor_name: event.actor.username,
    kind: event.kind,
    operation_id: event.operationId ?? null,
    message_id: event.messageId ?? null,
    subject: event.subject ?? null,
    details: JSON.stringify({ ...event.details, ...byToken(event.actor) }),
    request_id: event.requestId ?? null,
    address: address === '' ? null : address,
  };
}
