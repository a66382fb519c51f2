import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ContentCipher } from '../../../server/encryption/content-cipher.ts';
import {
  glanceAtLine,
  LineCutter,
  LineReader,
  linesOfEntry,
  LONGEST_LINE,
  PART_BYTES,
  type JournalEntry,
  type ReadLine,
} from '../../../server/intake/journal-lines.ts';
import { contentKeys } from '../../support/content-keys.ts';
import { headerTables } from '../../support/header-tables.ts';

const entry = (over: Partial<JournalEntry> = {}): JournalEntry => ({
  id: 'a-1',
  at: new Date('2026-11-22T07:18:00.000Z'),
  deadQueue: 'orders.dead',
  reason: { code: 'ER_X', text: 'refused' },
  delivery: { exchange: 'orders', routingKey: 'cancel', redelivered: true, properties: {}, body: Buffer.from('body') },
  mayBeStored: true,
  ackedWith: 'ack-1',
  batchId: 4711n,
  channel: '1.2/3',
  hash: Buffer.alloc(16, 7),
  ...over,
});

function read(lines: Iterable<string | null>): ReadLine[] {
  const reader = new LineReader();
  return [...[...lines].flatMap((line) => reader.push(line)), ...reader.end()];
}
const problems = (lines: Iterable<string | null>) =>
  read(lines).map((one) => (one.kind === 'problem' ? `${one.problem.line} ${one.problem.code}` : one.entry.id));

describe('a message that was written down', () => {
  it('is read back exactly, whatever it holds', () => {
    fc.assert(
      fc.property(
        headerTables(),
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'binary' }),
        (headers, body, id) => {
          const { delivery } = entry();
          const written = entry({
            delivery: { ...delivery, properties: { messageId: id }, headers, body: Buffer.from(body) },
          });
          expect(read(linesOfEntry(written))).toEqual([{ kind: 'entry', entry: written, line: 1 }]);
        },
      ),
    );
  });

  it('is one line where it is small, and lines of bounded length where its body is large', () => {
    const { delivery } = entry();
    const small = entry({ delivery: { ...delivery, body: Buffer.alloc(PART_BYTES, 1) } });
    expect([...linesOfEntry(small)].length).toBe(1);
    const large = entry({ delivery: { ...delivery, body: Buffer.alloc(3 * PART_BYTES + 1, '\u2028') } });
    const lines = [...linesOfEntry(large)];
    expect(lines.length).toBe(5);
    for (const line of lines) expect(line.length).toBeLessThan(2 * PART_BYTES);
    const [again] = read(lines);
    expect(again?.kind === 'entry' && again.entry.delivery.body.equals(large.delivery.body)).toBe(true);
  });

  it('is told apart from one that is not whole, with the line where it begins', () => {
    const { delivery } = entry();
    const [head = '', first = '', second = ''] = linesOfEntry(
      entry({ id: 'large', delivery: { ...delivery, body: Buffer.alloc(2 * PART_BYTES, 1) } }),
    );
    const [whole = ''] = linesOfEntry(entry());
    expect(problems([head, first, second])).toEqual(['large']);
    expect(problems([head, '', '{"acked":["x"]}', first, '{"registered":"y"}', second])).toEqual(['large']);
    expect(problems([head, first, whole])).toEqual(['1 line.partMissing', 'a-1']);
    expect(problems([head, second])).toEqual(['1 line.partMissing']);
    expect(problems([first, whole])).toEqual(['1 line.partStray', 'a-1']);
    expect(problems([head, first, second, second])).toEqual(['large', '4 line.partStray']);
    expect(problems([whole.slice(0, -3), whole])).toEqual(['1 line.notJson', 'a-1']);
    expect(problems([null, whole])).toEqual(['1 line.tooLong', 'a-1']);
    expect(problems(['[]', 'null', '7', '{}', whole])).toEqual([
      '1 line.unknown',
      '2 line.unknown',
      '3 line.unknown',
      '4 line.unknown',
      'a-1',
    ]);
  });

  it('with a field that is not as it has to be is told of by that field', () => {
    const [whole = ''] = linesOfEntry(entry());
    const change = (over: object) => JSON.stringify({ ...(JSON.parse(whole) as object), ...over });
    const fieldOf = (over: object) => {
      const [one] = read([change(over)]);
      return one?.kind === 'problem' ? one.problem.params['field'] : null;
    };
    expect(fieldOf({ entry: '../x' })).toBe('entry');
    expect(fieldOf({ at: 'yesterday' })).toBe('at');
    expect(fieldOf({ deadQueue: {} })).toBe('deadQueue.name');
    expect(fieldOf({ deadQueue: { name: 'x'.repeat(256) } })).toBe('deadQueue.name');
    expect(fieldOf({ headers: undefined })).toBe('headers');
    expect(fieldOf({ properties: { priority: 'high' } })).toBe('properties.priority');
    expect(fieldOf({ body: undefined })).toBe('body');
    expect(fieldOf({ bodySize: 5 })).toBe('bodySize');
    expect(fieldOf({ surprise: 1 })).toBe('entry');
  });

  it('never makes a fault, whatever the lines are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json(), fc.constant(null))), (lines) => {
        for (const one of read(lines)) expect(one.kind).toBe('problem');
      }),
    );
  });
});

describe('lines cut out of bytes', () => {
  it('are the same however the bytes come, with their places', () => {
    const text = 'one\n\n둘\r\nthree\nlast';
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (size) => {
        const cutter = new LineCutter();
        const bytes = Buffer.from(text);
        const lines = [];
        for (let at = 0; at < bytes.length; at += size) lines.push(...cutter.push(bytes.subarray(at, at + size)));
        expect(lines.map(({ text: line }) => line)).toEqual(['one', '', '둘\r', 'three']);
        for (const { text: line, start, end } of lines) {
          expect(bytes.subarray(start, end).toString()).toBe(`${line}\n`);
        }
        expect(bytes.subarray(cutter.lineStart).toString()).toBe('last');
        expect(cutter.last()).toEqual({ text: 'last' });
      }),
    );
  });

  it('never hold a line that is longer than any that is written', () => {
    const cutter = new LineCutter();
    const lines = [];
    for (let part = 0; part < 8; part += 1) lines.push(...cutter.push(Buffer.alloc(LONGEST_LINE / 4, 'x')));
    lines.push(...cutter.push(Buffer.from('\nnext\n')));
    expect(lines.map(({ text }) => text)).toEqual([null, 'next']);
  });
});

describe('with keys for contents', () => {
  const keyed = (...ids: string[]) => {
    const cipher = new ContentCipher(contentKeys(...ids));
    cipher.useHashKey(Buffer.alloc(32, 1));
    return cipher;
  };
  const secret = 'SECRET-4711';
  const large = Buffer.concat([Buffer.from(secret), Buffer.alloc(2 * PART_BYTES, 'x')]);
  const written = (body: Buffer) =>
    entry({
      reason: { code: 'ER_X', text: `refused: ${secret}` },
      delivery: {
        ...entry().delivery,
        properties: { type: secret },
        headers: [{ name: 'h', type: 'string', value: secret }],
        body,
      },
    });
  const readWith = (cipher: ContentCipher, lines: readonly string[]) => {
    const reader = new LineReader(cipher);
    return [...lines.flatMap((line) => reader.push(line)), ...reader.end()];
  };

  it.each([Buffer.from(secret), large])('a message is read back exactly and shows nothing of itself: %#', (body) => {
    const lines = [...linesOfEntry(written(body), keyed('a'))];
    for (const line of lines) expect(line).not.toMatch(/SECRET|U0VDUkVU|NFQ1JFV|TRUNSRV/);
    const [one, ...more] = readWith(keyed('b', 'a'), lines);
    if (one?.kind !== 'entry') throw new Error('It was not read.');
    // A large buffer takes `toEqual` seconds.
    expect(one.entry.delivery.body.equals(body)).toBe(true);
    one.entry.delivery.body = Buffer.alloc(0);
    expect({ one, more }).toEqual({ one: { kind: 'entry', entry: written(Buffer.alloc(0)), line: 1 }, more: [] });
    const glanced = glanceAtLine(lines[0] ?? '', keyed('a'));
    expect(glanced).toMatchObject({ kind: 'entry', head: { text: `refused: ${secret}` } });
    // Without the key the journal still knows what it goes by.
    expect(glanceAtLine(lines[0] ?? '')).toMatchObject({
      kind: 'entry',
      head: { text: '', channel: '1.2/3', ackedWith: 'ack-1' },
      hash: Buffer.alloc(16, 7).toString('base64'),
    });
  });

  it.each([Buffer.from(secret), large])('a key that is missing is told of once: %#', (body) => {
    const lines = [...linesOfEntry(written(body), keyed('a')), ...linesOfEntry(entry({ id: 'b-2' }))];
    expect(readWith(keyed('b'), lines)).toEqual([
      { kind: 'problem', problem: { line: 1, code: 'line.keyMissing', params: { keyId: 'a' } } },
      expect.objectContaining({ kind: 'entry' }),
    ]);
  });

  it('parts of a body that were put in another order are damaged', () => {
    const [head = '', first = '', second = '', third = ''] = linesOfEntry(written(large), keyed('a'));
    expect(readWith(keyed('a'), [head, second, first, third])).toEqual([
      { kind: 'problem', problem: { line: 2, code: 'line.damaged', params: { keyId: 'a' } } },
    ]);
  });

  it('one that was written before there were keys is compared by its keyed hash', () => {
    const [line = ''] = linesOfEntry(entry());
    const cipher = keyed('a');
    const hash = cipher.keyedHash(Buffer.alloc(16, 7));
    expect(glanceAtLine(line, cipher)).toMatchObject({ hash: hash.toString('base64') });
    expect(readWith(cipher, [line])).toMatchObject([{ entry: { hash } }]);
  });
});
