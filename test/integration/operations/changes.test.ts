import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { MessageStatus } from '../../../server/contract/messages.ts';
import type { Action } from '../../../server/contract/operations.ts';
import { openOperationDesk, type OperationDesk } from '../../support/operations.ts';

let desk: OperationDesk;
beforeEach(async () => {
  desk = await openOperationDesk();
});
afterEach(() => desk.close());

const shelfOf = async (id: string) =>
  z.object({ shelf: z.string() }).parse(await desk.database('failed_messages').where({ id }).first('shelf')).shelf;

/** Action → the states that it takes and where they go; every other state is left out. */
const table: { action: Action; takes: MessageStatus[]; to: MessageStatus; shelf: string; counts: string }[] = [
  { action: 'delete', takes: ['pending', 'unknown'], to: 'deleted', shelf: 'deleted', counts: 'deleted' },
  { action: 'restore', takes: ['deleted', 'handled'], to: 'pending', shelf: 'desk', counts: 'restored' },
  { action: 'handle', takes: ['pending', 'unknown'], to: 'handled', shelf: 'sent', counts: 'handled' },
  { action: 'markResent', takes: ['unknown'], to: 'resent', shelf: 'sent', counts: 'resent' },
];
const everyStatus: MessageStatus[] = ['pending', 'resending', 'unknown', 'resent', 'settled', 'handled', 'deleted'];

describe.each(table)('$action', ({ action, takes, to, shelf, counts }) => {
  it(`takes ${takes.join(' and ')} to ${to}, and leaves out every other state with its reason`, async () => {
    const ids = await desk.seed(everyStatus.map((status) => ({ status })));
    desk.instance();
    const { id } = await desk.plan({ action, selection: { ids }, reason: 'because' });
    const operation = await desk.ended(id);

    expect(operation).toMatchObject({ status: 'finished', total: 7, actor: 'tester', reason: 'because' });
    expect(operation.outcomes).toMatchObject({ confirmed: takes.length, skipped: 7 - takes.length });
    const items = await desk.items(id);
    const after = await desk.messages(ids);
    for (const [index, status] of everyStatus.entries()) {
      const taken = takes.includes(status);
      const message = after[index];
      expect(message).toMatchObject(taken ? { status: to, version: 2 } : { status, version: 1 });
      const item = items.get(ids[index] ?? '');
      if (taken) {
        expect(item).toMatchObject({ outcome: 'confirmed' });
        expect(await shelfOf(ids[index] ?? '')).toBe(shelf);
      } else {
        expect(item).toMatchObject({ outcome: 'skipped', error: { code: 'item.wrongStatus' } });
      }
    }
    const counted: unknown = await desk.database('failure_counts').sum({ n: counts }).first();
    expect(Number(z.object({ n: z.string() }).parse(counted).n)).toBe(takes.length);
  });
});

describe('An operation', () => {
  it('that handles needs a reason', async () => {
    const ids = await desk.seed([{}]);
    await expect(desk.plan({ action: 'handle', selection: { ids } })).rejects.toMatchObject({
      code: 'operation.reasonRequired',
    });
  });

  it('is refused when a selected message does not exist, and leaves no trace', async () => {
    const [id = ''] = await desk.seed([{}]);
    await expect(desk.plan({ action: 'delete', selection: { ids: [id, '999999'] } })).rejects.toMatchObject({
      code: 'operation.messagesMissing',
      options: { params: { count: 1, ids: '999999' } },
    });
    expect(await desk.database('operations')).toEqual([]);
    expect(await desk.database('audit_events')).toEqual([]);
  });

  it('counts a message that was named twice once', async () => {
    const [id = ''] = await desk.seed([{}]);
    expect(await desk.plan({ action: 'delete', selection: { ids: [id, id] } })).toMatchObject({ total: 1 });
  });

  it('asked for twice with one key is one operation; with another request the key is refused', async () => {
    const ids = await desk.seed([{}, {}]);
    const request = { action: 'delete', selection: { ids } } as const;
    const [first, second] = await Promise.all([desk.plan(request, 'key'), desk.plan(request, 'key')]);
    expect(second.id).toBe(first.id);
    expect((await desk.plan(request, 'key')).id).toBe(first.id);
    await expect(desk.plan({ ...request, reason: 'other' }, 'key')).rejects.toMatchObject({
      code: 'operation.idempotencyConflict',
    });
    expect((await desk.plan(request, 'another key')).id).not.toBe(first.id);
  });

  it('is on record with its actor from the moment it exists, and again when it ends', async () => {
    const ids = await desk.seed([{}]);
    const { id } = await desk.plan({ action: 'delete', selection: { ids }, reason: 'spam' });
    const events = () =>
      desk.database('audit_events').where('operation_id', id).orderBy('id').select('kind', 'actor_name');
    expect(await events()).toEqual([{ kind: 'operation.created', actor_name: 'tester' }]);
    desk.instance();
    await desk.ended(id);
    expect(await events()).toEqual([
      { kind: 'operation.created', actor_name: 'tester' },
      { kind: 'operation.finished', actor_name: 'office' },
    ]);
  });

  it('and another one on the same messages: each message is changed by one, and skipped by the other', async () => {
    const ids = await desk.seed(Array.from({ length: 1_200 }, () => ({})));
    const plans = await Promise.all([
      desk.plan({ action: 'delete', selection: { ids } }),
      desk.plan({ action: 'handle', selection: { ids }, reason: 'done by hand' }),
    ]);
    desk.instance();
    desk.instance();
    const [deleted, handled] = await Promise.all(plans.map(({ id }) => desk.ended(id)));
    expect((deleted?.outcomes.confirmed ?? 0) + (handled?.outcomes.confirmed ?? 0)).toBe(1_200);
    expect((deleted?.outcomes.skipped ?? 0) + (handled?.outcomes.skipped ?? 0)).toBe(1_200);
    const items = await Promise.all(plans.map(({ id }) => desk.items(id)));
    for (const message of await desk.messages(ids)) {
      const outcomes = items.map((of) => of.get(message.id));
      const [won, lost] = message.status === 'deleted' ? outcomes : outcomes.reverse();
      expect(won).toMatchObject({ outcome: 'confirmed' });
      expect(lost).toMatchObject({ outcome: 'skipped', error: { code: 'item.changed' } });
    }
  });
});
