import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { ROLES, type Role } from '../../server/contract/access.ts';
import type { Group, GroupRow } from '../../server/contract/schemas/groups.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { Message, MessageDetail, TimelineEntry } from '../../server/contract/schemas/messages.ts';
import type { Operation, OperationPreview } from '../../server/contract/schemas/operations.ts';
import type { Order } from '../../server/contract/schemas/orders.ts';
import type { Overview } from '../../server/contract/schemas/statistics.ts';
import { recordChanges } from '../../server/database/changes.ts';
import { openEventStream, type TestStream } from '../support/event-stream.ts';
import type { TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';
import { signInAs } from '../support/sign-in.ts';
import { HIDDEN, openTwoDesks, type TwoDesks } from '../support/two-desks.ts';

type Api = TestOffice['api'];

let desks: TwoDesks;
/** Limited to `mine`, by role. */
const limited = new Map<Role, Api>();

beforeAll(async () => {
  desks = await openTwoDesks();
  for (const role of ROLES) {
    limited.set(
      role,
      await signInAs(desks.office, desks.database, { username: `a ${role}`, role, scope: [desks.mine.name] }),
    );
  }
}, 60_000);
afterAll(async () => {
  await desks.close();
});

function as(role: Role): Api {
  const api = limited.get(role);
  if (api === undefined) throw new Error(`Nobody is a ${role}.`);
  return api;
}

async function read<T>(api: Api, path: string, query: Record<string, unknown> = {}): Promise<T> {
  return (await api.get(path).query(query).expect(200)).body as T;
}
const codeOf = (answer: { body: unknown }) => (answer.body as { code?: string }).code;
const idsOf = async (api: Api, query: Record<string, unknown> = {}) =>
  (await read<List<Message>>(api, '/api/messages', { perPage: 100, ...query })).data.map(({ id }) => id).sort();

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().optional(),
  schema: z.looseObject({ enum: z.array(z.string()).optional(), const: z.string().optional() }),
});
const documented = z.object({
  paths: z.record(
    z.string(),
    z.looseObject({ get: z.object({ parameters: z.array(parameter).optional() }).optional() }),
  ),
});

/** Another person's part limits it, and a stream never ends: it is listened to below. */
const NOT_WALKED = [/^\/api\/audit/, /^\/api\/events$/];

/** What stands for a part of an address: everything that there is of both dead queues. */
function valuesOf(name: string): string[] {
  const { ids, groups, operations, rejects, views, editId } = desks;
  if (name === 'orderId') return ['ORD-7', 'ORD-9', `${HIDDEN}-ORDER-Secret`];
  if (name === 'editId') return [editId];
  if (!/id$/i.test(name)) throw new Error(`What stands for {${name}}? Say it here.`);
  const all = [ids, groups, operations, rejects].flatMap((some: Record<string, string>) => Object.values(some));
  return [...new Set([...all, views.mine, ...views.hidden, '1', '2'])];
}

/** What a filter is set to. Without a line here it is not tried: paging, times. */
function filtersOf(): Record<string, string[]> {
  const { ids, groups, operations, hidden } = desks;
  return {
    deadQueue: [hidden.name],
    queue: [`${HIDDEN}.queue`],
    exchange: [`${HIDDEN}.exchange`],
    routingKey: [`${HIDDEN}.key`],
    errorType: [`${HIDDEN}Secret`],
    text: ['wrong', 'both'],
    groupId: Object.values(groups),
    orderId: ['ORD-7', `${HIDDEN}-ORDER-Secret`],
    key: [`orderId:${HIDDEN}-ORDER-Secret`],
    correlationId: [`${HIDDEN}-correlation`],
    operationId: Object.values(operations),
    id: Object.values(ids),
    status: ['pending', 'handled'],
    state: ['open'],
    sort: ['-id', 'id', 'failedAt', '-pending', '-growth'],
    by: ['queue', 'group', 'errorAndQueue'],
    search: ['ORD', 'ORDER', HIDDEN, ''],
    capturedAfter: ['2001-01-01T00:00:00Z'],
  };
}

/** Every address of the document that can be read, with every id and one filter at a time. */
async function addresses(): Promise<string[]> {
  const document = documented.parse((await desks.office.api.get('/api/openapi.json')).body);
  const filters = filtersOf();
  return Object.entries(document.paths).flatMap(([path, { get }]) => {
    if (get === undefined || NOT_WALKED.some((not) => not.test(path))) return [];
    const parameters = get.parameters ?? [];
    const filled = parameters
      .filter((one) => one.in === 'path')
      .reduce(
        (paths, { name }) =>
          paths.flatMap((one) => valuesOf(name).map((value) => one.replace(`{${name}}`, encodeURIComponent(value)))),
        [path],
      );
    const queries = parameters.filter((one) => one.in === 'query');
    const required = queries
      .filter((one) => one.required === true)
      .reduce<Record<string, string>[]>(
        (all, { name, schema }) => {
          const values = schema.enum ?? (schema.const === undefined ? (filters[name] ?? [HIDDEN]) : [schema.const]);
          return all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
        },
        [{}],
      );
    const optional = queries.flatMap(({ name, required: must }) =>
      must === true ? [] : (filters[name] ?? []).map((value) => ({ [name]: value })),
    );
    return filled.flatMap((address) =>
      required.flatMap((base) =>
        [{}, ...(filled.length > 1 ? [] : optional)].map(
          (more) => `${address}?${new URLSearchParams({ ...base, ...more }).toString()}`,
        ),
      ),
    );
  });
}

/** The paths in whose answers something hidden stands, with how they were asked. */
async function tellingOfHidden(api: Api): Promise<Map<string, string>> {
  const telling = new Map<string, string>();
  for (const address of await addresses()) {
    const answer = await api
      .get(address)
      .buffer(true)
      .parse((response, done) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          done(null, Buffer.concat(parts));
        });
      });
    if (answer.status >= 500) telling.set(`${address} → ${answer.status}`, address);
    const text = JSON.stringify(answer.headers) + (answer.body as Buffer).toString('utf8');
    if ([HIDDEN, desks.hidden.name].some((mark) => text.toLowerCase().includes(mark.toLowerCase()))) {
      telling.set(address.replace(/\?.*/, '').replace(/\/\d+/g, '/:id'), address);
    }
  }
  return telling;
}

describe('Whoever is limited to a dead queue', () => {
  it('reads nothing of another one at any address of the document, which tell of it to others', async () => {
    expect(Object.fromEntries(await tellingOfHidden(as('admin')))).toEqual({});
    // So that the walk itself can fail: those who see everything find it nearly everywhere.
    const toOthers = [...(await tellingOfHidden(desks.office.api)).keys()];
    expect(toOthers).toEqual(
      expect.arrayContaining([
        '/api/messages',
        '/api/messages/:id',
        '/api/messages/:id/body',
        '/api/messages/:id/timeline',
        '/api/messages/:id/draft',
        '/api/messages/values',
        '/api/messages/export',
        '/api/groups',
        '/api/groups/:id',
        '/api/operations',
        '/api/operations/:id',
        '/api/dead-queues',
        '/api/dead-queues/:id',
        '/api/rejects',
        '/api/rejects/:id',
        '/api/saved-views',
        '/api/stats/overview',
        '/api/stats/failures',
        '/api/orders',
        '/api/orders/ORD-7',
        '/api/orders/ORD-7/timeline/export',
      ]),
    );
  }, 120_000);

  it.each(ROLES)('finds only their messages by any filter, as %s', async (role) => {
    const api = as(role);
    const { ids, operations, groups } = desks;
    const taken = (await idsOf(api)).filter((id) => !Object.values(ids).includes(id));
    expect(taken).toHaveLength(1);
    expect(await idsOf(api)).toEqual([ids.mine, ids.sharedMine, ids.moved, ...taken].sort());
    expect(await idsOf(api, { orderId: 'ORD-7' })).toEqual([ids.sharedMine]);
    expect(await idsOf(api, { groupId: groups.shared })).toEqual([ids.sharedMine]);
    expect(await idsOf(api, { groupId: groups.hidden })).toEqual([]);
    expect(await idsOf(api, { id: [ids.mine, ids.secret] })).toEqual([ids.mine]);
    expect(await idsOf(api, { operationId: operations.mine })).toEqual([ids.mine]);
    // It did have one of theirs; which it had is not told of an operation that they do not see.
    expect(await idsOf(api, { operationId: operations.both })).toEqual([]);
    expect(await idsOf(api, { deadQueue: desks.hidden.name })).toEqual([]);
    const { total } = await read<List<Message>>(api, '/api/messages');
    expect(total).toBe(4);
    const missing = await api.get(`/api/messages/${ids.secret}`).expect(404);
    expect(codeOf(missing)).toBe(codeOf(await api.get('/api/messages/999999999').expect(404)));
  });

  it('is told of what happened elsewhere to a message of theirs that it happened, and nothing else', async () => {
    const { ids, operations } = desks;
    const detail = await read<MessageDetail>(as('admin'), `/api/messages/${ids.moved}`);
    expect(detail).toMatchObject({ copyOf: null, possibleDuplicateOf: null, deadQueue: desks.mine.name });
    expect(detail.deaths.map(({ deadQueue }) => deadQueue)).toEqual([null, desks.mine.name]);
    expect(detail.deaths[0]).toMatchObject({ errorMessage: null, errorType: null, queue: null, routingKeys: [] });
    const timeline = await read<{ data: TimelineEntry[] }>(as('viewer'), `/api/messages/${ids.moved}/timeline`);
    expect(timeline.data.filter(({ kind }) => kind === 'operation')).toEqual([
      expect.objectContaining({ operationId: null, reason: null, action: 'handle', outcome: 'confirmed' }),
      expect.objectContaining({ operationId: null, action: 'restore' }),
    ]);
    const own = await read<{ data: TimelineEntry[] }>(as('viewer'), `/api/messages/${ids.mine}/timeline`);
    expect(own.data).toContainEqual(expect.objectContaining({ operationId: operations.mine, reason: 'dealt with' }));
    const order = await read<Order>(as('viewer'), '/api/orders/ORD-9');
    expect(order.timeline.find(({ kind }) => kind === 'died')).toMatchObject({ death: { deadQueue: null } });
    await as('viewer').get(`/api/orders/${HIDDEN}-ORDER-Secret`).expect(404);
  });

  it('sees of groups and statistics what is theirs', async () => {
    const { groups, office } = desks;
    const rows = await read<List<GroupRow>>(as('viewer'), '/api/groups');
    expect(rows.data.map(({ id }) => id)).toEqual(
      expect.arrayContaining([groups.mine, groups.shared, groups.merged]) as unknown,
    );
    expect(rows.data.map(({ id }) => id)).not.toContain(groups.hidden);
    const shared = await read<Group>(as('viewer'), `/api/groups/${groups.shared}`);
    expect(shared).toMatchObject({ pending: 1, failures24h: 1, orders: { count: 1 }, isWhole: false });
    expect((await read<Group>(office.api, `/api/groups/${groups.shared}`)).pending).toBe(2);
    // It is called by what is seen of it.
    expect(await read<Group>(as('viewer'), `/api/groups/${groups.merged}`)).toMatchObject({
      errorType: 'TakenError',
      pending: 1,
      fingerprintsTotal: 1,
    });
    const overview = await read<Overview>(as('viewer'), '/api/stats/overview');
    expect(overview.pending).toMatchObject({ count: 4, overDay: { cameIn: 4 + 2 } });
    expect(overview.deadQueues.map(({ name }) => name)).toEqual([desks.mine.name]);
    expect(overview.growing.groups.find(({ group }) => group.id === groups.shared)?.recent).toBe(1);
  });

  it('changes a group only when all of it is theirs', async () => {
    const { groups, office } = desks;
    const change = async (id: string) => {
      const { version } = await read<Group>(office.api, `/api/groups/${id}`);
      return await as('operator').patch(`/api/groups/${id}`).send({ version, state: 'investigating' });
    };
    expect((await change(groups.mine)).status).toBe(200);
    for (const id of [groups.shared, groups.merged]) {
      const refused = await change(id);
      expect([refused.status, codeOf(refused)]).toEqual([403, 'access.outOfScope']);
    }
    expect((await change(groups.hidden)).status).toBe(404);
    const merge = (into: string, groupIds: string[]) =>
      as('operator').post(`/api/groups/${into}/merge`).send({ groupIds });
    expect((await merge(groups.mine, [groups.shared])).status).toBe(403);
    expect((await merge(groups.mine, [groups.hidden])).status).toBe(404);
    const parts = await read<Group>(office.api, `/api/groups/${groups.merged}`);
    const fingerprintIds = parts.fingerprints.map(({ id }) => id).slice(0, 1);
    expect((await as('operator').post(`/api/groups/${groups.merged}/split`).send({ fingerprintIds })).status).toBe(403);
  });

  it('sees and steers an operation only when all its messages were theirs', async () => {
    const { operations, office } = desks;
    const { data } = await read<List<Operation>>(as('operator'), '/api/operations');
    expect(data.map(({ id }) => id)).toEqual([operations.mine]);
    for (const id of [operations.both, operations.hidden]) {
      for (const command of ['pause', 'resume', 'cancel']) {
        await as('admin').post(`/api/operations/${id}/${command}`).expect(404);
        await office.api.post(`/api/operations/${id}/${command}`).expect(409);
      }
      await as('admin').patch(`/api/operations/${id}`).send({ ratePerSecond: 5 }).expect(404);
      await as('admin').get(`/api/operations/${id}/items`).expect(404);
      await as('admin').get(`/api/operations/${id}/items/export`).expect(404);
    }
    await as('viewer').get(`/api/operations/${operations.mine}/items`).expect(200);
  });

  it('does not see an operation whose filter names another dead queue, nor one of others that has no message yet', async () => {
    const { ids, office, mine, hidden, database } = desks;
    const filter = { deadQueue: [mine.name, hidden.name], orderId: ['ORD-1'] };
    const upToId = '99999999';
    const request = { action: 'handle', reason: 'both', selection: { filter, upToId, expectedCount: 1 } };
    const { id } = (await office.api.post('/api/operations').send(request).expect(202)).body as Operation;
    await waitFor(async () => (await read<Operation>(office.api, `/api/operations/${id}`)).finishedAt !== null);
    await as('admin').get(`/api/operations/${id}`).expect(404);
    const back = await as('operator')
      .post('/api/operations')
      .send({ action: 'restore', selection: { ids: [ids.mine] } });
    expect(back.status).toBe(202);
    const own = back.body as Operation;
    await waitFor(async () => (await read<Operation>(as('operator'), `/api/operations/${own.id}`)).finishedAt !== null);
    // As while it is being prepared: whoever began it sees it.
    await database('operation_dead_queues').where('operation_id', own.id).delete();
    await as('operator').get(`/api/operations/${own.id}`).expect(200);
    await as('lead').get(`/api/operations/${own.id}`).expect(404);
    await office.api.get(`/api/operations/${own.id}`).expect(200);
  });

  it('operates on their own messages: an id outside is missing, and a filter reaches no further when it is frozen', async () => {
    const { ids } = desks;
    const start = (selection: object) =>
      as('operator').post('/api/operations').send({ action: 'handle', reason: 'mine', selection });
    const refused = await start({ ids: [ids.mine, ids.secret] });
    expect([refused.status, codeOf(refused)]).toEqual([422, 'operation.messagesMissing']);
    const asked = { action: 'handle', reason: 'mine', selection: { filter: {} } };
    const preview = await as('operator').post('/api/operations/preview').send(asked).expect(200);
    const { count, upToId, sample } = preview.body as OperationPreview;
    expect(count).toBe(4);
    expect(sample.map(({ deadQueue }) => deadQueue)).toEqual(Array(4).fill(desks.mine.name));
    const begun = await start({ filter: {}, upToId, expectedCount: count });
    expect(begun.status).toBe(202);
    const { id } = begun.body as Operation;
    const ended = await waitFor(async () => {
      const now = await read<Operation>(as('operator'), `/api/operations/${id}`);
      return now.finishedAt === null ? null : now;
    });
    expect(ended).toMatchObject({ total: 4, outcomes: { confirmed: 4 } });
    // All of it lies in their dead queue: others who see that see it too.
    await as('viewer').get(`/api/operations/${id}`).expect(200);
    for (const one of [ids.secret, ids.secretToo, ids.sharedHidden]) {
      expect((await read<MessageDetail>(desks.office.api, `/api/messages/${one}`)).status).toBe('pending');
    }
  });

  it('edits, registers and manages nothing beyond', async () => {
    const { ids, editId, rejects, hidden, views } = desks;
    const lead = as('lead');
    const body = { body: { encoding: 'utf8', text: 'mended' } };
    await lead.put(`/api/messages/${ids.secret}/draft`).send(body).expect(404);
    await lead.delete(`/api/messages/${ids.secret}/draft`).expect(404);
    await lead.get(`/api/messages/${ids.secret}/edits/${editId}`).expect(404);
    const registered = await lead.post('/api/rejects/register').send({ ids: [rejects.hidden] });
    expect(registered.body).toMatchObject({ counts: { missing: 1, registered: 0 }, left: 1 });
    const imported = await lead.post('/api/rejects/import').set('content-type', 'application/x-ndjson').send('{}\n');
    expect([imported.status, codeOf(imported)]).toEqual([403, 'access.outOfScope']);
    const managed = await as('admin').post('/api/dead-queues').send({ name: hidden.name });
    expect([managed.status, codeOf(managed)]).toEqual([403, 'access.outOfScope']);
    const frozen = await as('admin').put('/api/settings').send({});
    expect(frozen.status).not.toBe(200);
    await as('admin').patch(`/api/saved-views/${views.hidden[0]}`).send({ version: 1 }).expect(404);
    const look = await as('viewer')
      .post('/api/orders/look-up')
      .send({ orderIds: ['ORD-7', `${HIDDEN}-ORDER-Secret`] })
      .expect(200);
    expect((look.body as { data: { messages: number }[] }).data.map(({ messages }) => messages)).toEqual([1, 0]);
  });
});

describe('The event stream of somebody limited', () => {
  let stream: TestStream;
  const told = () => stream.changes().map(({ kind, subjectId }) => `${kind} ${subjectId ?? ''}`);
  const note = async (id: string, text: string) => {
    const { version } = await read<Group>(desks.office.api, `/api/groups/${id}`);
    await desks.office.api.patch(`/api/groups/${id}`).send({ version, note: text }).expect(200);
  };

  it('tells of what they see alone, and follows when that changes', async () => {
    const { office, database, groups, ids, mine, hidden } = desks;
    const login = await fetch(`${office.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'a viewer', password: 'correct horse' }),
    });
    // Older changes are told to newcomers: these are not among them.
    await database('changes').delete();
    stream = await openEventStream(office.url, { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' });
    try {
      await waitFor(() => stream.position());
      await note(groups.hidden, 'not told');
      const act = { action: 'handle', reason: HIDDEN, selection: { ids: [ids.secret] } };
      await office.api.post('/api/operations').send(act).expect(202);
      await note(groups.mine, 'told');
      await waitFor(() => told().includes(`groups ${groups.mine}`));
      expect(told().filter((one) => !one.startsWith('groups'))).toEqual([]);
      expect(told()).not.toContain(`groups ${groups.hidden}`);
      expect(JSON.stringify(stream.events)).not.toContain(HIDDEN);

      await database('users')
        .where({ username: 'a viewer' })
        .update({ scope: JSON.stringify([mine.name, hidden.name]) });
      await recordChanges(database, [{ kind: 'users', subjectId: '1' }]);
      await waitFor(() => stream.events.some(({ data }) => data.type === 'changes' && data.reset));
      expect(told().at(-1)).toBe('users ');
      await note(groups.hidden, 'told by now');
      await waitFor(() => told().includes(`groups ${groups.hidden}`));
      const again = { action: 'restore', selection: { ids: [ids.secret] } };
      const next = (await office.api.post('/api/operations').send(again).expect(202)).body as Operation;
      const operationsTold = () =>
        stream.events.flatMap(({ data }) => (data.type === 'operation' ? [data.operation.id] : []));
      await waitFor(() => operationsTold().includes(next.id));
    } finally {
      await stream.close();
    }
  });
});
