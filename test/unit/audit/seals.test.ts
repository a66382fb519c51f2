import { createHmac, randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { hmacOf, NO_SEAL } from '../../../server/audit/seal-chain.ts';
import { readSealKeys } from '../../../server/audit/seal-keys.ts';
import { ConfigError, readConfig } from '../../../server/config.ts';

const key = randomBytes(32);
const text = key.toString('base64');
const event = {
  id: '7',
  at: new Date('2026-11-28T03:10:42.123Z'),
  actor_id: '1',
  actor_name: '김 "kim"',
  kind: 'session.created',
  operation_id: null,
  details: '{}',
};

describe('A seal', () => {
  it('is what docs/audit.md says', () => {
    const at = new Date('2026-11-28T03:10:43.000Z');
    const said =
      '["audit-seal","1","1","2026-11-28T03:10:43.000Z",[["actor_id","1"],["actor_name","김 \\"kim\\""],' +
      '["at","2026-11-28T03:10:42.123Z"],["details","{}"],["id","7"],["kind","session.created"]]]';
    const expected = createHmac('sha256', key)
      .update(Buffer.concat([Buffer.alloc(32), Buffer.from(said)]))
      .digest();
    expect(hmacOf({ id: '1', key }, NO_SEAL, { seq: '1', keyId: '1', at }, event)).toEqual(expected);
  });

  it('is another one when any column is, or another has a value; not by a new column without one', () => {
    const head = { seq: '1', keyId: '1', at: new Date(0) };
    const seal = (row: Record<string, unknown>) => hmacOf({ id: '1', key }, NO_SEAL, head, row).toString('hex');
    const changed = Object.keys(event).map((column) => ({ ...event, [column]: 'other' }));
    const all = [event, ...changed, { ...event, subject: '' }, { ...event, details: null }].map(seal);
    expect(new Set(all).size).toBe(all.length);
    expect(seal({ ...event, added_later: null })).toBe(seal(event));
  });
});

describe('AUDIT_SEAL_KEY', () => {
  it('is one key, or several with ids, the newest first', () => {
    expect(readSealKeys(text)).toEqual({ ok: true, keys: [{ id: '1', key }] });
    const newer = randomBytes(32).toString('base64');
    expect(readSealKeys(`2027:${newer}, 1:${text}`)).toMatchObject({ ok: true, keys: [{ id: '2027' }, { id: '1' }] });
  });

  it.each([
    ['short', /32 random bytes in base64/],
    [randomBytes(16).toString('base64'), /openssl rand -base64 32/],
    [`${text},${text}`, /needs an id/],
    [`1:${text},1:${text}`, /the id 1 is there twice/],
    [`a b:${text}`, /an id of at most 32/],
  ])('is refused as %s, without saying the key', (given, problem) => {
    const read = readSealKeys(given);
    expect(read).toMatchObject({ ok: false });
    const said = read.ok ? '' : read.problems.join('\n');
    expect(said).toMatch(problem);
    expect(said).not.toContain(given);
  });
});

describe('AUDIT_STREAM', () => {
  const base = { AMQP_URL: 'amqp://localhost', DATABASE_URL: 'mysql://u:p@localhost/office' };

  it('is a place, with a key to seal with', () => {
    const stream = (place: string) => readConfig({ ...base, AUDIT_SEAL_KEY: text, AUDIT_STREAM: place }).audit.stream;
    expect([stream('off'), stream('stdout'), stream('file:/var/log/audit.ndjson')]).toEqual([
      null,
      { kind: 'stdout' },
      { kind: 'file', path: '/var/log/audit.ndjson' },
    ]);
    const problemsOf = (env: Record<string, string>) => {
      try {
        readConfig({ ...base, ...env });
        return [];
      } catch (error) {
        return error instanceof ConfigError ? error.problems : [];
      }
    };
    expect(problemsOf({ AUDIT_STREAM: 'stdout' })).toEqual([
      expect.stringMatching(/^AUDIT_STREAM needs AUDIT_SEAL_KEY/),
    ]);
    expect(problemsOf({ AUDIT_STREAM: 'udp:1' })).toEqual([
      expect.stringMatching(/^AUDIT_STREAM: must be stdout, off, or/),
    ]);
  });
});
