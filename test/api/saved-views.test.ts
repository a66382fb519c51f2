import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Role } from '../../server/contract/access.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import type { SavedView } from '../../server/contract/schemas/saved-views.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { signInAs } from '../support/sign-in.ts';

let office: TestOffice;
let database: Database;

type Api = TestOffice['api'];

const signedInAs = (username: string, role: Role) => signInAs(office, database, { username, role });

const views = async (api: Api) => ((await api.get('/api/saved-views').expect(200)).body as List<SavedView>).data;
const save = async (api: Api, view: object) =>
  (
    await api
      .post('/api/saved-views')
      .send({ address: 'queue=a', isShared: false, ...view })
      .expect(201)
  ).body as SavedView;

beforeAll(async () => {
  office = await startOffice();
  database = connectDatabase({ url: office.databaseUrl, poolSize: 1 });
});

afterAll(async () => {
  await database.destroy();
  await office.remove();
});

describe('saved views', () => {
  it('are their owner’s alone until they are shared', async () => {
    const operator = await signedInAs('jin', 'operator');
    const view = await save(operator, { name: ' Cancels ' });
    expect(view).toMatchObject({
      name: 'Cancels',
      address: 'queue=a',
      isShared: false,
      isMine: true,
      owner: 'jin',
      version: 1,
    });
    expect(await views(office.api)).toEqual([]);
    await office.api.patch(`/api/saved-views/${view.id}`).send({ name: 'X', version: 1 }).expect(404);
    await operator.patch(`/api/saved-views/${view.id}`).send({ isShared: true, version: 1 }).expect(200);
    expect(await views(office.api)).toMatchObject([{ name: 'Cancels', isMine: false, owner: 'jin', version: 2 }]);
    const events = await office.api.get('/api/audit-events').query({ kind: 'savedView.shared' }).expect(200);
    expect((events.body as List<unknown>).data).toMatchObject([{ actor: 'jin', subject: 'Cancels' }]);
  });

  it('are kept by viewers too, who may not share or change those of others', async () => {
    const viewer = await signedInAs('min', 'viewer');
    const [shared] = await views(viewer);
    await viewer
      .patch(`/api/saved-views/${shared?.id ?? ''}`)
      .send({ name: 'X', version: 2 })
      .expect(403);
    await viewer.delete(`/api/saved-views/${shared?.id ?? ''}`).expect(403);
    await viewer.post('/api/saved-views').send({ name: 'Y', address: '', isShared: true }).expect(403);
    const own = await save(viewer, { name: 'Cancels' });
    await viewer.patch(`/api/saved-views/${own.id}`).send({ isShared: true, version: 1 }).expect(403);
    await viewer.delete(`/api/saved-views/${own.id}`).expect(204);
    expect(await views(viewer)).toHaveLength(1);
  });

  it('have a name once, and of two changes the second is refused', async () => {
    const first = await save(office.api, { name: 'One' });
    await save(office.api, { name: 'Two' });
    const taken = await office.api.post('/api/saved-views').send({ name: 'One', address: '', isShared: false });
    expect(taken.body).toMatchObject({ status: 409, code: 'savedView.exists' });
    const path = `/api/saved-views/${first.id}`;
    expect((await office.api.patch(path).send({ name: 'Two', version: 1 })).body).toMatchObject({
      code: 'savedView.exists',
    });
    await office.api.patch(path).send({ address: 'queue=b', version: 1 }).expect(200);
    const late = await office.api.patch(path).send({ address: 'queue=c', version: 1 });
    expect(late.body).toMatchObject({ status: 409, code: 'savedView.changed' });
    expect((await views(office.api)).find(({ name }) => name === 'One')?.address).toBe('queue=b');
    await office.api.patch('/api/saved-views/999').send({ name: 'X', version: 1 }).expect(404);
    await office.api.post('/api/saved-views').send({ name: ' ', address: '', isShared: false }).expect(400);
  });

  it('that are shared can be taken back by an administrator, and that is on record', async () => {
    const [shared] = (await views(office.api)).filter(({ isMine }) => !isMine);
    const path = `/api/saved-views/${shared?.id ?? ''}`;
    await office.api.patch(path).send({ isShared: false, version: shared?.version }).expect(200);
    expect((await views(office.api)).filter(({ isMine }) => !isMine)).toEqual([]);
    const events = await office.api.get('/api/audit-events').query({ kind: 'savedView.changed' }).expect(200);
    expect((events.body as List<unknown>).data).toMatchObject([
      { actor: 'operator', details: { shared: false, before: { name: shared?.name, shared: true } } },
    ]);
  });
});
