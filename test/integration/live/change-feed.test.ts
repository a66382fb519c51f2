import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ChangesEvent } from '../../../server/contract/schemas/events.ts';
import {
  CHANGES_KEPT_MS,
  CHANGES_LATE_MS,
  purgeChanges,
  readChanges,
  recordChanges,
} from '../../../server/database/changes.ts';
import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { databaseNow } from '../../../server/database/database-now.ts';
import { migrate } from '../../../server/database/migrate.ts';
import { ChangeFeed } from '../../../server/live/change-feed.ts';
import { createTestDatabase, waitFor } from '../../support/services.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { silentLogger } from '../../support/wire.ts';

let database: Database;
let databaseUrl: string;
const cleanUp: (() => unknown)[] = [];

beforeEach(async () => {
  const made = await createTestDatabase();
  cleanUp.push(made.drop);
  databaseUrl = made.url;
  database = connectDatabase({ url: made.url, poolSize: 4 });
  cleanUp.push(() => database.destroy());
  await migrate(database);
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

interface Heard {
  events: ChangesEvent[];
  /** The subjects told so far, in their order. */
  subjects: () => (string | null)[];
  position: string;
  forget: () => void;
}

/** Listens, and waits until it has been told where it stands. */
async function listen(feed: ChangeFeed, position: string | null = null): Promise<Heard> {
  const events: ChangesEvent[] = [];
  const heard: Heard = {
    events,
    subjects: () => events.flatMap(({ changes }) => changes.map(({ subjectId }) => subjectId)),
    position: '',
    forget: () => undefined,
  };
  heard.forget = feed.listen((event, at) => {
    events.push(event);
    heard.position = at;
  }, position);
  cleanUp.push(heard.forget);
  await waitFor(() => heard.position !== '', { describe: 'the first position' });
  return heard;
}

const openFeed = (on: Database = database) => new ChangeFeed(on, silentLogger);
const change = (subjectId: string, on: Parameters<typeof recordChanges>[0] = database) =>
  recordChanges(on, [{ kind: 'groups', subjectId }]);
/** Makes all changes so many ms older. */
const age = (ms: number) =>
  database('changes').update({ at: database.raw('at - INTERVAL ? MICROSECOND', [ms * 1000]) });

describe('Whoever listens to changes', () => {
  it('is told each of them once, by any instance', async () => {
    const [here, there] = [await listen(openFeed()), await listen(openFeed())];
    await change('1');
    await waitFor(() => here.subjects().length === 1 && there.subjects().length === 1);
    await change('2');
    await waitFor(() => here.subjects().length === 2 && there.subjects().length === 2);
    expect(here.subjects()).toEqual(['1', '2']);
    expect(there.subjects()).toEqual(['1', '2']);
    expect(here.events.some(({ reset }) => reset)).toBe(false);
  });

  it('is told of what took its id first and was committed last', async () => {
    const heard = await listen(openFeed());
    const late = await database.transaction();
    await change('1', late);
    await change('2');
    await waitFor(() => heard.subjects().includes('2'));
    expect(heard.subjects()).toEqual(['2']);
    await late.commit();
    await waitFor(() => heard.subjects().includes('1'));
    // And that was all: the second is not told again by what looked back for the first.
    await change('3');
    await waitFor(() => heard.subjects().includes('3'));
    expect(heard.subjects()).toEqual(['2', '1', '3']);
  });

  it('is not told of what was rolled back', async () => {
    const heard = await listen(openFeed());
    const failed = await database.transaction();
    await change('1', failed);
    await failed.rollback();
    await change('2');
    await waitFor(() => heard.subjects().includes('2'));
    expect(heard.subjects()).toEqual(['2']);
  });

  it('costs one statement a look, however many listen, and none when nobody does', async () => {
    const statements: string[] = [];
    database.on('query', ({ sql }: { sql: string }) => {
      if (sql.includes('FROM changes') || sql.includes('JOIN changes')) statements.push(sql);
    });
    const feed = openFeed();
    const heard = await Promise.all(Array.from({ length: 20 }, () => listen(feed)));
    statements.length = 0;
    const began = performance.now();
    await waitFor(() => statements.length >= 4, { describe: 'four looks' });
    expect(performance.now() - began).toBeGreaterThan(1_200);
    for (const { forget } of heard) forget();
    const asked = statements.length;
    await expect(waitFor(() => statements.length > asked + 1, { deadlineMs: 1_500 })).rejects.toThrow('in vain');
  });

  it('who comes back with a position is told what was missed, and the minute before it, by any instance', async () => {
    const first = await listen(openFeed());
    await change('1');
    await age(2 * CHANGES_LATE_MS);
    await change('2');
    await waitFor(() => first.subjects().includes('2'));
    first.forget();
    await change('3');
    const again = await listen(openFeed(), first.position);
    expect(again.subjects()).toEqual(['2', '3']);
    expect(again.events[0]?.reset).toBe(false);
  });

  it('who was away for a while is told all of it, and those who stayed are told nothing twice', async () => {
    const feed = openFeed();
    const stayed = await listen(feed);
    await change('1');
    await waitFor(() => stayed.subjects().includes('1'));
    await age(10 * CHANGES_LATE_MS);
    const tenMinutesAgo = String(+(await databaseNow(database)) - 10 * CHANGES_LATE_MS);
    const back = await listen(feed, tenMinutesAgo);
    expect(back.subjects()).toEqual(['1']);
    expect(stayed.subjects()).toEqual(['1']);
  });

  it('who comes back with a position that is too old, or of another clock, asks for everything anew', async () => {
    const now = +(await databaseNow(database));
    for (const at of [0, now - CHANGES_KEPT_MS, now + 2 * CHANGES_LATE_MS]) {
      const heard = await listen(openFeed(), String(at));
      expect(heard.events).toEqual([{ type: 'changes', reset: true, changes: [] }]);
      expect(+heard.position).toBeGreaterThanOrEqual(now);
    }
  });

  it('is told what happened while the way to the database was cut', async () => {
    const proxy = await openTcpProxy(databaseUrl);
    const cut = connectDatabase({ url: proxy.through(databaseUrl), poolSize: 2, waitMs: 1_000 });
    cleanUp.push(
      () => proxy.close(),
      () => cut.destroy(),
    );
    const heard = await listen(openFeed(cut));
    await proxy.refuse();
    proxy.cut();
    await change('1');
    await expect(databaseNow(cut)).rejects.toThrow();
    expect(heard.subjects()).toEqual([]);
    await proxy.accept();
    await change('2');
    await waitFor(() => heard.subjects().includes('2'), { deadlineMs: 20_000 });
    expect(heard.subjects()).toEqual(['1', '2']);
    heard.forget();
  });
});

it('a look reads along an index what is new, whatever is in the table', async () => {
  const halfAnHourAgo = database.raw('UTC_TIMESTAMP(3) - INTERVAL 30 MINUTE');
  await database('changes').insert(Array.from({ length: 2_000 }, () => ({ at: halfAnHourAgo, kind: 'groups' })));
  await database.raw('ANALYZE TABLE changes');
  const looks: { sql: string; bindings: unknown[] }[] = [];
  database.on('query', (query: { sql: string; bindings: unknown[] }) => looks.push(query));
  await readChanges(database, null);
  expect(looks).toHaveLength(1);
  const [look] = looks;
  const [plan] = (await database.raw(`EXPLAIN FORMAT=TRADITIONAL ${look?.sql ?? ''}`, look?.bindings as string[])) as [
    { table: string; key: string | null; rows: string | number }[],
  ];
  const onChanges = plan.find(({ table }) => table === 'changes');
  expect(onChanges?.key).toBe('changes_at');
  expect(Number(onChanges?.rows)).toBeLessThan(100);
});

it('changes are removed after an hour, in portions', async () => {
  await recordChanges(
    database,
    Array.from({ length: 1_001 }, (_, number) => ({ kind: 'groups' as const, subjectId: String(number) })),
  );
  await age(CHANGES_KEPT_MS + 1_000);
  await change('9999');
  expect(await purgeChanges(database)).toBe(1_000);
  expect(await purgeChanges(database)).toBe(1);
  expect(await purgeChanges(database)).toBe(0);
  expect(await database('changes').pluck('subject_id')).toEqual(['9999']);
});
