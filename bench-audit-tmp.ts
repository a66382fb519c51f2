import { connectDatabase } from '/work/wt-audit/server/database/connect.ts';
import { migrate } from '/work/wt-audit/server/database/migrate.ts';
import { listAuditEvents, allAuditEvents } from '/work/wt-audit/server/audit/event-queries.ts';
import { Sealing } from '/work/wt-audit/server/audit/sealing.ts';
import { newestSeal } from '/work/wt-audit/server/audit/seal-store.ts';
import { verifyRecord } from '/work/wt-audit/server/verify/verify-record.ts';
import { createTestDatabase } from '/work/wt-audit/test/support/services.ts';
import { pino } from 'pino';
const N = Number(process.argv[2] ?? 1_000_000);
const place = await createTestDatabase();
const db = connectDatabase({ url: place.url, silenceMs: null });
await migrate(db);
console.log('generating');
let t = performance.now();
const kinds = ['operation.created','operation.finished','session.created','message.bodyDownloaded','messages.exported','group.changed','settings.changed'];
for (let from = 0; from < N; from += 5000) {
  const rows = Array.from({ length: 5000 }, (_, k) => {
    const i = from + k;
    const kind = i % 1000 === 0 ? 'settings.changed' : kinds[i % 6]!;
    return [new Date(Date.UTC(2026, 0, 1) + i * 30_000), i % 50, i % 50 === 7 ? 'office' : `user${i % 50}`, kind,
      kind.startsWith('operation') ? Math.floor(i / 6) + 1 : null, kind.startsWith('message.') ? 1 + (i % 100_000) : null,
      kind === 'group.changed' ? `Error${i % 300}` : null, JSON.stringify({ action: 'resend', reason: 'because of ' + i, total: i % 100 }), null, `10.0.${i % 20}.7`];
  });
  await db.raw('INSERT INTO audit_events (at, actor_id, actor_name, kind, operation_id, message_id, subject, details, request_id, address) VALUES ?', [rows] as never);
}
await db.raw("INSERT INTO names (value) VALUES ('orderId')");
await db.raw("INSERT INTO business_keys (name_id, value, message_id, tail) SELECT (SELECT id FROM names WHERE value='orderId'), CONCAT('ORD-', seq), seq, CAST(seq AS CHAR) FROM (SELECT DISTINCT message_id AS seq FROM audit_events WHERE message_id <= 2000) x").catch((e) => console.log(e.message));
await db.raw("INSERT INTO audit_event_orders (value, event_id, tail) SELECT CONCAT('ORD-', id % 5000), id, CAST(id % 5000 AS CHAR) FROM audit_events WHERE kind = 'messages.exported'");
await db.raw('ANALYZE TABLE audit_events');
for (const like of ['%Error12%', '%no such%', '%e%']) { const s = performance.now(); const [r] = await db.raw('SELECT subject FROM audit_events WHERE subject LIKE ? COLLATE utf8mb4_general_ci GROUP BY subject LIMIT 21', [like]); console.log('distinct', like, r.length, (performance.now() - s).toFixed(1)); }
console.log((await db.raw("EXPLAIN SELECT subject FROM audit_events WHERE subject LIKE '%x%' COLLATE utf8mb4_general_ci GROUP BY subject LIMIT 21"))[0]);
console.log('generated', Math.round(performance.now() - t));
const admin = { userId: '1', username: 'a', role: 'admin' as const, scope: null, address: '' };
const leadP = { ...admin, userId: '3', role: 'lead' as const };
const scoped = { ...leadP, scope: ['1', '2'] };
const month = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-08T00:00:00.000Z' };
const searches: Record<string, object> = {
  none: {}, actor: { actor: 'user3' }, rareKind: { kind: ['settings.changed'] }, kinds3: { kind: ['operation.created', 'group.changed', 'settings.changed'] },
  address: { address: '10.0.3.7' }, message: { messageId: '4' }, operation: { operationId: '500' }, order: { orderId: 'ORD-4' }, orderTail: { orderId: '4' },
  week: month, weekActor: { ...month, actor: 'user3' }, weekKind: { ...month, kind: ['session.created'] }, actorKind: { actor: 'user3', kind: ['settings.changed'] }, actorKindNone: { actor: 'user3', kind: ['nothing' as never] },
  addressActor: { actor: 'user3', address: '10.0.4.7' }, subject: { subject: 'Error12' }, subjectRare: { subject: 'no such' }, deep: { page: 199, perPage: 50 }, actorDeep: { actor: 'user3', page: 100, perPage: 50 },
};
for (const [who, principal] of Object.entries({ admin, lead: leadP, scoped })) {
  for (const [name, query] of Object.entries(searches)) {
    const times: number[] = []; let answer;
    for (let k = 0; k < 5; k++) { const s = performance.now(); answer = await listAuditEvents(db, { perPage: 50, ...query } as never, { principal, seals: true }); times.push(performance.now() - s); }
    times.sort((a, b) => a - b);
    console.log(who.padEnd(7), name.padEnd(14), `p50 ${times[2]!.toFixed(0)} max ${times[4]!.toFixed(0)} ms`, answer!.data.length, answer!.total, answer!.totalAtLeast, answer!.pageInfo.searchedTo ?? '');
  }
}
if (process.argv[3] === 'seal') {
  t = performance.now();
  const key = { id: '1', key: Buffer.alloc(32, 1) };
  const sealing = new Sealing({ database: db, instanceId: '1', key, logger: pino({ level: 'info' }) });
  let last = '';
  for (;;) { await new Promise((r) => setTimeout(r, 1000)); const s = await newestSeal(db); if (s?.seq === String(N)) break; if (s && Number(s.seq) - Number(last) > 100000) { last = s.seq; console.log(s.seq, Math.round(performance.now() - t)); } }
  console.log('sealed', Math.round(performance.now() - t));
  const s2 = performance.now(); const before = process.cpuUsage();
  await new Promise((r) => setTimeout(r, 5000));
  console.log('idle cpu ms in 5 s', (process.cpuUsage(before).user + process.cpuUsage(before).system) / 1000);
  const times: number[] = [];
  for (let k = 0; k < 5; k++) { const s = performance.now(); await db.raw(`select event.id from audit_events as event left join audit_seals as seal on seal.event_id = event.id where event.id >= ? and seal.event_id is null order by event.id limit 200`, [N - 10000]); times.push(performance.now() - s); }
  console.log('look back ms', times.map((x) => x.toFixed(1)).join(' '));
  await sealing.stop();
  t = performance.now();
  const v = await verifyRecord(db, { keys: [key], given: [], onFinding: (f) => console.log(f) });
  console.log('verified', v.count, Math.round(performance.now() - t), 'rss MB', Math.round(process.memoryUsage().rss / 1e6));
  for (const name of ['none', 'actor', 'order', 'weekActor']) {
    const s = performance.now(); await listAuditEvents(db, { perPage: 50, ...searches[name] } as never, { principal: leadP, seals: true }); console.log('sealed', name, (performance.now() - s).toFixed(0));
  }
  t = performance.now(); let n = 0; for await (const _ of allAuditEvents(db, {}, { principal: leadP, seals: true })) n++; console.log('exported', n, Math.round(performance.now() - t));
}
await db.destroy(); await place.drop();
