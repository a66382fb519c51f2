import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { connectDatabase } from '../../../server/database/connect.ts';
import { judgeReturns } from '../../../server/messages/come-back-store.ts';
import { readContents } from '../../../server/messages/contents-store.ts';
import { transitionMessages } from '../../../server/messages/transitions.ts';
import { openWalk, stepOn } from '../../../server/retention/purge-walk.ts';
import { removeExpired } from '../../../server/retention/remove-expired.ts';
import { previewRetention } from '../../../server/retention/retention-preview.ts';
import {
  insertOperation,
  NOTHING,
  openRetentionDesk,
  RECORD_ALONE,
  WHOLE,
  type RetentionDesk,
} from '../../support/retention.ts';
import { waitFor } from '../../support/services.ts';

/** Records are kept, as by default. */
const CONTENTS_30 = { contentsKeptDays: 30, recordsKeptDays: null };
const RECORDS_60 = { contentsKeptDays: 30, recordsKeptDays: 60 };

let desk: RetentionDesk;

beforeEach(async () => {
  desk = await openRetentionDesk();
});
afterEach(async () => {
  await desk.close();
});

const many = (count: number, daysAgo = 40) =>
  Array.from({ length: count }, () => ({ status: 'settled' as const, daysAgo }));

describe('contents', () => {
  it('go after their term and not before; what is known of the message stays', async () => {
    const [settled = '', handled = '', deleted = '', ...young] = await desk.seedOld([
      { status: 'settled', daysAgo: 31, orderId: 'ORD-1' },
      { status: 'handled', daysAgo: 31, orderId: 'ORD-1' },
      { status: 'deleted', daysAgo: 31, orderId: 'ORD-1' },
      { status: 'settled', daysAgo: 29 },
      { status: 'handled', daysAgo: 29 },
      { status: 'deleted', daysAgo: 29 },
    ]);
    expect(await desk.purge(CONTENTS_30)).toEqual({ contents: 3, records: 0 });
    for (const id of [settled, handled, deleted]) {
      expect(await desk.remains(id)).toMatchObject({ ...RECORD_ALONE, keys: 1 });
      await expect(readContents(desk.database, id)).rejects.toMatchObject({ code: 'message.contentsPurged' });
      expect(await desk.database('deaths').where({ id }).first('error_message', 'stack_trace')).toEqual({
        error_message: 'no such order',
        stack_trace: 'at orders',
      });
    }
    for (const id of young) expect(await desk.remains(id)).toMatchObject(WHOLE);
    expect(await desk.audited()).toEqual([{ contents: 3, records: 0, ...CONTENTS_30 }]);
  });

  it('of edits go with those of their message, and their record with its record', async () => {
    const [old = '', young = ''] = await desk.seedOld([
      { status: 'settled', daysAgo: 31 },
      { status: 'settled', daysAgo: 29 },
    ]);
    const edits = await Promise.all([old, young].map((id) => desk.edit(id)));
    await desk.purge(CONTENTS_30);
    const [gone = '', kept = ''] = edits;
    await expect(readContents(desk.database, gone)).rejects.toMatchObject({ code: 'message.contentsPurged' });
    expect((await readContents(desk.database, kept)).contents.body.toString()).toBe('edited');
    expect(await desk.database('edits').pluck('message_id')).toHaveLength(2);
    await desk.aDayLater();
    await desk.purge({ contentsKeptDays: 1, recordsKeptDays: 30 });
    expect((await desk.database('edits').pluck('message_id')).map(String)).toEqual([young]);
    await expect(readContents(desk.database, gone)).rejects.toMatchObject({ code: 'message.notFound' });
  });

  it('of a message that waits for somebody, or is on its way, never go', async () => {
    const ids = await desk.seedOld(
      (['pending', 'resending', 'unknown', 'resent'] as const).map((status) => ({ status, daysAgo: 5_000 })),
    );
    expect(await desk.purge({ contentsKeptDays: 1, recordsKeptDays: 1 })).toEqual({ contents: 0, records: 0 });
    for (const id of ids) expect(await desk.remains(id)).toMatchObject(WHOLE);
    expect(await desk.audited()).toEqual([]);
  });

  it('are kept from when the message became what it is now, however old it is', async () => {
    const [deleted = '', settled = ''] = await desk.seedOld([
      { status: 'deleted', daysAgo: 100 },
      { status: 'settled', daysAgo: 100 },
    ]);
    // Restored and deleted again yesterday; and resent in vain yesterday, so that it is settled again since then.
    const yesterday = desk.database.raw('UTC_TIMESTAMP(3) - INTERVAL 1 DAY');
    const again = async (id: string, item: Record<string, unknown>) => {
      const operation_id = await insertOperation(desk.database, 'delete');
      await desk.database('operation_items').insert({
        operation_id,
        message_id: id,
        message_version: 3,
        message_status: 'pending',
        state: 'done',
        at: yesterday,
        ...item,
      });
      return operation_id;
    };
    const operation_id = await again(deleted, { outcome: 'confirmed' });
    await desk.database('failed_messages').where({ id: deleted }).update({ operation_id });
    await again(settled, { outcome: 'refused', resend_number: 2 });
    await desk.database('failed_messages').where({ id: settled }).update({ resend_count: 2 });
    expect(await desk.purge(CONTENTS_30)).toEqual({ contents: 0, records: 0 });
    expect(await desk.purge({ contentsKeptDays: 1, recordsKeptDays: null })).toEqual({ contents: 2, records: 0 });
  });

  it('go with those of all deaths and with the envelopes in which they arrived', async () => {
    const [id = ''] = await desk.seedOld([{ status: 'settled', daysAgo: 31, enveloped: true }]);
    const [second = ''] = await desk.seedOld([{ status: 'settled', daysAgo: 31, enveloped: true }]);
    // The second is a further death of the first.
    await desk.database('failed_messages').where({ id: second }).delete();
    await desk.database('operation_items').where({ message_id: second }).delete();
    await desk.database('deaths').where({ id: second }).update({ message_id: id });
    await desk.database('failed_messages').where({ id }).update({ last_death_id: second });
    expect(await desk.remains(second)).toMatchObject({ contents: 2, chunks: 2 });
    expect(await desk.purge(CONTENTS_30)).toEqual({ contents: 1, records: 0 });
    expect(await desk.remains(id)).toMatchObject({ deaths: 2, contents: 0, emptied: 2, chunks: 0 });
    expect(await desk.remains(second)).toMatchObject({ contents: 0, emptied: 2, chunks: 0 });
  });

  it('that another message has too stay until both are past their term', async () => {
    const [one = '', other = ''] = await desk.seedOld([
      { status: 'settled', daysAgo: 31, enveloped: true },
      { status: 'pending', daysAgo: 31 },
    ]);
    await desk.database('deaths').where({ id: other }).update({ content_id: one });
    expect(await desk.purge(CONTENTS_30)).toEqual({ contents: 0, records: 0 });
    expect(await desk.purge(RECORDS_60)).toEqual({ contents: 0, records: 0 });
    expect(await desk.remains(one)).toMatchObject({ contents: 2, chunks: 2 });
    // Also when the record of the first goes.
    expect(await desk.purge({ contentsKeptDays: 30, recordsKeptDays: 31 })).toEqual({ contents: 0, records: 1 });
    expect((await readContents(desk.database, one)).contents.body.toString()).toBe(`message ${one}`);
    const operation_id = await insertOperation(desk.database, 'handle');
    await desk.database('operation_items').where({ message_id: other }).update({ operation_id });
    await desk.database('failed_messages').where({ id: other }).update({ status: 'handled', operation_id });
    expect(await desk.purge(CONTENTS_30)).toEqual({ contents: 1, records: 0 });
    await expect(readContents(desk.database, one)).rejects.toMatchObject({ code: 'message.contentsPurged' });
  });

  it('that two messages have go when both are past their term, wherever the walk is', async () => {
    const [one = '', other = ''] = await desk.seedOld(many(2, 31));
    await desk.database('deaths').where({ id: other }).update({ content_id: one });
    const found = [{ id: other, goes: 'contents' as const }];
    const removed = await desk.database.transaction((transaction) => removeExpired(transaction, found, CONTENTS_30));
    expect(removed).toEqual({ contents: 2, records: 0 });
    await expect(readContents(desk.database, one)).rejects.toMatchObject({ code: 'message.contentsPurged' });
  });

  it('stay while an operation has the message selected and not yet done', async () => {
    const [id = ''] = await desk.seedOld([{ status: 'deleted', daysAgo: 100 }]);
    const operation_id = await insertOperation(desk.database, 'restore');
    const item = { operation_id, message_id: id, message_version: 2, message_status: 'deleted', state: 'queued' };
    await desk.database('operation_items').insert(item);
    expect(await desk.purge(RECORDS_60)).toEqual({ contents: 0, records: 0 });
    expect(await desk.remains(id)).toMatchObject({ ...WHOLE, items: 2 });
    await desk.database('operation_items').where({ operation_id }).update({ state: 'done', outcome: 'skipped' });
    await desk.aDayLater();
    expect(await desk.purge(RECORDS_60)).toEqual({ contents: 0, records: 1 });
  });
});

describe('records', () => {
  it('go after their own term with all that hangs on them, and no earlier', async () => {
    const [gone = '', kept = '', pending = ''] = await desk.seedOld([
      { status: 'settled', daysAgo: 61, orderId: 'ORD-1', enveloped: true },
      { status: 'settled', daysAgo: 59, orderId: 'ORD-1' },
      { status: 'pending', daysAgo: 61, orderId: 'ORD-1' },
    ]);
    const [envelopeId] = (await desk.database('contents').where({ id: gone }).pluck('envelope_id')) as string[];
    await desk.database('audit_events').insert({
      at: desk.database.raw('UTC_TIMESTAMP(3)'),
      actor_name: 'tester',
      kind: 'message.bodyDownloaded',
      message_id: gone,
      details: '{}',
    });
    const operations = await desk.database('operations').orderBy('id').select();
    expect(await desk.purge(RECORDS_60)).toEqual({ contents: 1, records: 1 });
    expect(await desk.remains(gone)).toEqual(NOTHING);
    expect(await desk.database('contents').whereIn('id', [gone, String(envelopeId)])).toEqual([]);
    expect(await desk.database('content_chunks').whereIn('content_id', [gone, String(envelopeId)])).toEqual([]);
    expect(await desk.remains(kept)).toMatchObject({ ...RECORD_ALONE, keys: 1 });
    expect(await desk.remains(pending)).toMatchObject({ ...WHOLE, keys: 1 });
    expect(await desk.database('audit_events').where({ message_id: gone })).toHaveLength(1);
    expect(await desk.database('operations').orderBy('id').select()).toEqual(operations);
  });

  it('of which the contents are gone already go too', async () => {
    const [id = ''] = await desk.seedOld([{ status: 'handled', daysAgo: 61 }]);
    expect(await desk.purge(CONTENTS_30)).toEqual({ contents: 1, records: 0 });
    expect(await desk.purge(RECORDS_60)).toEqual({ contents: 0, records: 1 });
    expect(await desk.remains(id)).toEqual(NOTHING);
  });

  it('take their contents with them where the term of those is longer', async () => {
    const [gone = '', kept = ''] = await desk.seedOld([
      { status: 'deleted', daysAgo: 11 },
      { status: 'deleted', daysAgo: 9 },
    ]);
    expect(await desk.purge({ contentsKeptDays: 90, recordsKeptDays: 10 })).toEqual({ contents: 0, records: 1 });
    expect(await desk.remains(gone)).toEqual(NOTHING);
    expect(await desk.remains(kept)).toMatchObject(WHOLE);
  });
});

describe('a message that is wanted at that very moment', () => {
  for (const terms of [CONTENTS_30, RECORDS_60]) {
    const what = terms.recordsKeptDays === null ? 'contents' : 'record';

    it(`keeps its ${what} when it is being restored`, async () => {
      const [restored = '', other = ''] = await desk.seedOld([
        { status: 'deleted', daysAgo: 61 },
        { status: 'deleted', daysAgo: 61 },
      ]);
      await desk.setTerms(terms);
      await desk.database.transaction(async (transaction) => {
        const moved = await transitionMessages(transaction, [{ id: restored, status: 'deleted', version: 2 }], {
          to: 'pending',
        });
        expect(moved.size).toBe(1);
        await desk.instance('1');
        await desk.lockWaiter();
      });
      await desk.purged(terms);
      expect(await desk.remains(restored)).toMatchObject({ ...WHOLE, status: 'pending' });
      expect(await desk.remains(other)).toMatchObject(what === 'record' ? NOTHING : RECORD_ALONE);
    });

    it(`keeps its ${what} when it is coming back`, async () => {
      const [back = ''] = await desk.seedOld([{ status: 'settled', daysAgo: 61 }]);
      const [queueId] = (await desk.database('failed_messages').where({ id: back }).pluck('queue_id')) as string[];
      await desk.setTerms(terms);
      await desk.database.transaction(async (transaction) => {
        // As the intake does it: operations, items and messages are locked until it commits.
        const mark = { messageId: back, resendNumber: 1, queueId: String(queueId) };
        expect(await judgeReturns(transaction, [mark])).toMatchObject([{ kind: 'cameBack' }]);
        await transitionMessages(transaction, [{ id: back, status: 'settled', version: 2 }], { to: 'pending' });
        await desk.instance('1');
        await desk.lockWaiter();
      });
      await desk.purged(terms);
      expect(await desk.remains(back)).toMatchObject({ ...WHOLE, status: 'pending' });
    });
  }

  it('is a message of its own when it comes back after its record has gone', async () => {
    const [gone = ''] = await desk.seedOld([{ status: 'settled', daysAgo: 61 }]);
    await desk.purge(RECORDS_60);
    await desk.database.transaction(async (transaction) => {
      const mark = { messageId: gone, resendNumber: 1, queueId: '1' };
      expect(await judgeReturns(transaction, [mark])).toEqual([{ kind: 'stranger' }]);
    });
  });
});

describe('a pass', () => {
  it('removes what the preview said', async () => {
    await desk.seedOld([
      { status: 'pending', daysAgo: 100 },
      ...many(7, 61),
      { status: 'deleted', daysAgo: 61 },
      ...many(5, 31),
      { status: 'handled', daysAgo: 31 },
      ...many(3, 29),
    ]);
    for (const terms of [CONTENTS_30, RECORDS_60, { contentsKeptDays: 28, recordsKeptDays: 20 }]) {
      const preview = await previewRetention(desk.database, terms);
      expect(preview.contents.count).toBe(preview.contents.countAtLeast);
      expect(await desk.purge(terms)).toEqual({ contents: preview.contents.count, records: preview.records.count });
    }
    expect(await desk.database('failed_messages').pluck('status')).toEqual(['pending']);
  });

  it('begins again at once when the terms change, else a day later', async () => {
    const [id = ''] = await desk.seedOld([{ status: 'deleted', daysAgo: 31 }]);
    await desk.setTerms({ contentsKeptDays: 40, recordsKeptDays: null });
    await desk.instance('1');
    await desk.purged({ contentsKeptDays: 40, recordsKeptDays: null });
    expect(await desk.remains(id)).toMatchObject(WHOLE);
    await desk.setTerms(CONTENTS_30);
    await desk.purged(CONTENTS_30);
    expect(await desk.remains(id)).toMatchObject(RECORD_ALONE);
    const [second = ''] = await desk.seedOld([{ status: 'deleted', daysAgo: 31 }]);
    await desk.aDayLater();
    await waitFor(async () => (await desk.remains(second)).emptied === 1);
  });

  it('that was interrupted in the middle goes on from there, and what it had removed is on record', async () => {
    const ids = await desk.seedOld(many(250));
    // In a table so small that the database rather reads through it than looks ids up, it locks what it reads.
    await desk.seed(Array.from({ length: 3_000 }, () => ({})));
    await desk.database.raw('ANALYZE TABLE failed_messages');
    await desk.setTerms(CONTENTS_30);
    const own = connectDatabase({ url: desk.databaseUrl, poolSize: 2 });
    const [blocking = ''] = ids.slice(150);
    const holding = desk.database.transaction(async (transaction) => {
      await transaction('failed_messages').where({ id: blocking }).forUpdate().select('id');
      const interrupted = await desk.instance('1', { database: own });
      const thread = await desk.lockWaiter();
      // As a process that dies: its connections are gone, and it does nothing more.
      const stopped = interrupted.stop();
      await desk.database.raw('KILL ?', [thread]);
      await stopped;
    });
    await holding.finally(() => own.destroy());
    expect(await desk.database('contents').whereNotNull('purged_at')).toHaveLength(100);
    expect(await desk.audited()).toEqual([]);
    await desk.instance('2');
    await desk.purged(CONTENTS_30);
    expect(await desk.database('contents').whereIn('id', ids).whereNull('purged_at')).toEqual([]);
    expect(await desk.audited()).toEqual([{ contents: 250, records: 0, ...CONTENTS_30 }]);
  });

  it('that another instance has begun anew by other terms removes nothing more by the old ones', async () => {
    const [id = ''] = await desk.seedOld(many(1));
    const old = await openWalk(desk.database, CONTENTS_30);
    if (old === null) throw new Error('A pass was due.');
    await openWalk(desk.database, { contentsKeptDays: 90, recordsKeptDays: null });
    const step = await stepOn(desk.database, old, id, (transaction) =>
      removeExpired(transaction, [{ id, goes: 'contents' }], old.terms),
    );
    expect(step).toBeNull();
    expect(await desk.remains(id)).toMatchObject(WHOLE);
  });

  it('is made once by two instances, also when both believe that they hold the lease', async () => {
    await desk.seedOld(many(450));
    await desk.setTerms(CONTENTS_30);
    await Promise.all([desk.instance('1'), desk.instance('1'), desk.instance('2')]);
    await desk.purged(CONTENTS_30);
    expect(await desk.database('contents').whereNull('purged_at')).toEqual([]);
    const events = await desk.audited();
    expect(events.reduce((sum, { contents }) => sum + contents, 0)).toBe(450);
  });
});

it('what the event streams have told goes after an hour, and nothing that is younger', async () => {
  const ago = (minutes: number) => desk.database.raw('UTC_TIMESTAMP(3) - INTERVAL ? MINUTE', [minutes]);
  await desk.database('changes').insert([
    { at: ago(61), kind: 'groups', subject_id: 1 },
    { at: ago(59), kind: 'groups', subject_id: 2 },
  ]);
  await desk.purge(CONTENTS_30);
  expect(await desk.database('changes').pluck('subject_id')).toEqual(['2']);
});
