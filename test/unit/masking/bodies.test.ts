import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { checkRule, compileRules, RuleError, type StoredRule } from '../../../server/masking/compile-rules.ts';
import { checkFilter, maskFilter } from '../../../server/masking/filter-check.ts';
import { maskBody, MOST_MASKED_BYTES } from '../../../server/masking/mask-body.ts';
import { maskHeaders, maskProperties } from '../../../server/masking/mask-wire.ts';
import { Masking } from '../../../server/masking/masking.ts';
import { bodyPreview } from '../../../server/messages/body-preview.ts';
import type { Principal } from '../../../server/web/route.ts';

const rule = (kind: string, value: string): StoredRule => ({ name: value, kind, value });
const path = (value: string) => rule('jsonPath', value);
const PATTERNS = ['card', 'koreanResidentNumber', 'phone', 'email'].map((value) => rule('pattern', value));

async function shownBody(
  body: string | Buffer,
  rules: readonly StoredRule[],
  { contentType = null, keys = {} }: { contentType?: string | null; keys?: Record<string, string[]> } = {},
) {
  const bytes = Buffer.from(body);
  const masking = new Masking(compileRules(rules), keys);
  const preview = await maskBody(
    {
      preview: bodyPreview(bytes, bytes.length),
      contentType,
      size: bytes.length,
      readWhole: () => Promise.resolve(bytes),
    },
    masking,
  );
  return { ...preview, masked: masking.summary };
}

describe('A JSON body', () => {
  it('keeps its shape: only what is masked becomes a string', async () => {
    const body = '{\n  "id": 1.50,  "amount":12345678901234567890,\n "name": "Kim", "card": 4111111111111111 }';
    const shown = await shownBody(body, [path('$.name'), ...PATTERNS]);
    expect(shown.text).toBe('{\n  "id": 1.50,  "amount":12345678901234567890,\n "name": "•••", "card": "•••" }');
    expect(shown.masked).toEqual({ count: 2, rules: ['$.name', 'card'], body: null });
  });

  it.each([
    ['a whole object', '{"a":{"b":1},"c":2}', '$.a', '{"a":"•••","c":2}'],
    ['in arrays', '[{"n":"x"},{"n":"y"}]', '$[*].n', '[{"n":"•••"},{"n":"•••"}]'],
    ['at any depth', '{"a":[{"ssn":"1"}],"ssn":null}', '$..ssn', '{"a":[{"ssn":"•••"}],"ssn":"•••"}'],
    [
      'by a filter',
      '[{"k":"pin","v":"1234"},{"k":"x","v":"5"}]',
      "$[?@.k=='pin'].v",
      '[{"k":"pin","v":"•••"},{"k":"x","v":"5"}]',
    ],
    ['within an envelope', '{"message":{"data":{"pin":"1"}}}', '$.pin', '{"message":{"data":{"pin":"•••"}}}'],
    ['of a Celery task', '[["x"],{"pin":"1"},{}]', '$.pin', '[["x"],{"pin":"•••"},{}]'],
    ['in JSON within a string', '{"Message":"{\\"pin\\":\\"1\\"}"}', '$.pin', '{"Message":"{\\"pin\\":\\"•••\\"}"}'],
    ['written with escapes', '{"na\\u006de":"K"}', '$.name', '{"na\\u006de":"•••"}'],
    ['behind a name that is special', '{"__proto__":{"pin":"1"}}', "$['__proto__'].pin", '{"__proto__":{"pin":"•••"}}'],
  ])('is masked by a path: %s', async (_what, body, value, expected) => {
    expect((await shownBody(body, [path(value)])).text).toBe(expected);
  });

  it('is seen through its escapes', async () => {
    expect((await shownBody('{"mail":"kim\\u0040example.com","tel":"\\u002B821012345678"}', PATTERNS)).text).toBe(
      '{"mail":"•••","tel":"•••"}',
    );
  });

  it('has names that can be somebody’s too', async () => {
    expect((await shownBody('{"kim@example.com":{"n":1}}', PATTERNS)).text).toBe('{"•••":{"n":1}}');
  });

  it('shows an order ID that looks like a card, and hides a masked key wherever it stands', async () => {
    const keys = { orderId: ['4111111111111111'], customerId: ['C-77001'] };
    const body = '{"order":"4111111111111111","n":4111111111111111,"who":"C-77001","say":"for C-77001!"}';
    expect((await shownBody(body, [...PATTERNS, rule('businessKey', 'customerId')], { keys })).text).toBe(
      '{"order":"4111111111111111","n":4111111111111111,"who":"•••","say":"for •••!"}',
    );
  });

  it('that is broken is masked by patterns, and hidden whole where paths would have to read it', async () => {
    const broken = '{"mail":"kim@example.com","tel":010-1234-5678,}';
    expect((await shownBody(broken, PATTERNS)).text).toBe('{"mail":"•••","tel":•••,}');
    expect((await shownBody(broken, [path('$.mail')])).masked.body).toBe('notJson');
  });

  it('with a name twice is hidden whole from paths, which see one of the two', async () => {
    const shown = await shownBody('{"a":{"pin":"1234"},"a":{}}', [path('$.a.pin')]);
    expect([shown.text, shown.masked.body]).toEqual(['•••', 'duplicateNames']);
  });

  it('longer than its preview is masked from its whole, and cut only then', async () => {
    const body = JSON.stringify({
      filler: 'x'.repeat(65_520),
      card: '4111 1111 1111 1111',
      kind: 'pin',
      pin: 'secret',
    });
    const shown = await shownBody(body, [...PATTERNS, path("$[?@=='secret']")]);
    expect([shown.text.length, shown.truncated]).toEqual([65_536, true]);
    expect(shown.text).not.toContain('4111');
  });

  it('too large for that is hidden from paths; of patterns its beginning is masked, without an open end', async () => {
    const body = `{"a":"${'y '.repeat(32_700)}","card":"4111 1111 1111 1111","z":"${'z'.repeat(MOST_MASKED_BYTES)}"}`;
    expect((await shownBody(body, [path('$.card')])).masked.body).toBe('tooLarge');
    const cut = 64 * 1024;
    const card = '4111 1111 1111 1111';
    const open = `${'y'.repeat(cut - 10)}, ${card}${'z'.repeat(MOST_MASKED_BYTES)}`;
    expect((await shownBody(open, PATTERNS)).text).not.toMatch(/4111/);
  });

  it('that is binary is hidden, unless nothing looks into bodies', async () => {
    const gzip = Buffer.from([0x1f, 0x8b, 8, 0, 0xff]);
    expect((await shownBody(gzip, PATTERNS)).masked.body).toBe('binary');
    expect((await shownBody(gzip, [rule('header', 'x')])).text).toBe(gzip.toString('base64'));
  });

  it('in another encoding is read by what it says of itself', async () => {
    const euckr = Buffer.concat([Buffer.from([0xc0, 0xcc]), Buffer.from(': kim@example.com')]);
    const shown = await shownBody(euckr, PATTERNS, { contentType: 'text/plain; charset=euc-kr' });
    expect(shown.text).toBe('이: •••');
  });

  it('stays JSON whatever is in it, and nothing that a path names remains', async () => {
    const secret = fc.stringMatching(/^[a-z]{12}$/);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), secret, async (value, hidden) => {
        const body = JSON.stringify({ around: value, list: [{ hidden }, value], hidden });
        const { text } = await shownBody(body, [...PATTERNS, path('$..hidden')]);
        const read = JSON.parse(text) as { list: unknown[]; hidden: unknown };
        expect(text).not.toContain(hidden);
        expect([read.hidden, read.list[0]]).toEqual(['•••', { hidden: '•••' }]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('The work of rules', () => {
  const nested = `${'['.repeat(90)}1${']'.repeat(90)}`;
  it.each([
    ['values by the hundred thousand', JSON.stringify(Array.from({ length: 150_000 }, (_, index) => index)), '$..*'],
    ['depth', nested, '$..[*,*,*]'],
    [
      'width',
      JSON.stringify({ a: Array.from({ length: 20_000 }, () => ({ b: { c: [1, 2] } })) }),
      '$..b..c'.slice(0, 5),
    ],
  ])('is bounded on a body of %s', async (_what, body, value) => {
    const begun = performance.now();
    await shownBody(body, [path(value)]);
    expect(performance.now() - begun).toBeLessThan(4_000);
  });

  it('beyond its bound hides the body whole, and says so', async () => {
    const rules = [...Array.from({ length: 90 }, (_, index) => rule('regex', `[ab]{1,40}[c-d]|[ab]{${index + 1}}x`))];
    const begun = performance.now();
    const shown = await shownBody('ab'.repeat(500_000), rules);
    expect([shown.text, shown.masked.body]).toEqual(['•••', 'tooMuchWork']);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe('Rules', () => {
  it.each([
    ['pattern', 'iban', 'unknownDetector'],
    ['jsonPath', 'name', 'notAPath'],
    ['jsonPath', '$..a..b', 'costlyPath'],
    ['jsonPath', "$[?match(@.a, '(a*)*b')]", 'costlyPath'],
    ['jsonPath', '$[*,*][*,*][*,*][*,*][*,*]', 'costlyPath'],
    ['regex', '(a', 'notAnExpression'],
    ['regex', '(?=a)b', 'notAnExpression'],
    ['regex', 'a*', 'notAnExpression'],
    ['regex', '(?:ab{0,900}){1,900}', 'notAnExpression'],
    ['businessKey', 'customer id', 'notAName'],
  ] as const)('are refused where they cannot be: %s %s', (kind, value, fault) => {
    const check = () => {
      checkRule({ kind, value });
    };
    expect(check).toThrow(RuleError);
    expect(check).toThrow(expect.objectContaining({ fault }) as Error);
  });

  it('of a newer office hide everything', async () => {
    const rules = compileRules([rule('tokenize', 'x')]);
    expect(new Masking(rules).text('anything')).toBe('•••');
    expect((await shownBody('{"a":1}', [rule('tokenize', 'x')])).masked.body).toBe('rules');
    expect(maskHeaders([{ name: 'n', type: 'int32', value: 1 }], new Masking(rules))[0]?.value).toBe('•••');
  });
});

describe('Headers and properties', () => {
  it('are masked by name, in any case, with asterisks, also within tables', () => {
    const masking = new Masking(
      compileRules([rule('header', 'X-Customer-*'), rule('header', 'correlation-id'), ...PATTERNS]),
    );
    const masked = maskHeaders(
      [
        { name: 'x-customer-name', type: 'string', value: 'Kim' },
        { name: 'x-customer-no', type: 'int64', value: '77001' },
        { name: 'x-exception-message', type: 'string', value: 'no kim@example.com' },
        { name: 'nested', type: 'table', value: [{ name: 'x-customer-id', type: 'void', value: null }] },
        { name: 'bytes', type: 'bytes', value: Buffer.from('kim@example.com').toString('base64') },
        { name: 'n', type: 'int32', value: 7 },
      ],
      masking,
    );
    expect(masked.map(({ value }) => value)).toEqual([
      '•••',
      '•••',
      'no •••',
      [{ name: 'x-customer-id', type: 'string', value: '•••' }],
      '•••',
      7,
    ]);
    expect(maskProperties({ correlationId: 'K-1', deliveryMode: 2, replyTo: 'kim@example.com' }, masking)).toEqual({
      correlationId: '•••',
      deliveryMode: 2,
      replyTo: '•••',
    });
  });
});

describe('A filter', () => {
  const rules = compileRules([rule('businessKey', 'customerId'), rule('header', 'correlation-id'), ...PATTERNS]);
  const as = (role: Principal['role']): Principal => ({
    userId: '1',
    username: 'u',
    role,
    scope: null,
    address: '',
    credential: { kind: 'session' },
  });

  it.each([
    [{ key: ['customerId:C-1'] }],
    [{ key: 'buyer:kim@example.com' }],
    [{ correlationId: ['anything'] }],
    [{ text: 'no kim@example.com' }],
    [{ messageId: ['010-1234-5678'] }],
  ])('by what is masked is for those who may reveal: %j', (filter) => {
    expect(() => {
      checkFilter(filter, rules, as('operator'));
    }).toThrow(expect.objectContaining({ code: 'filter.masked' }) as Error);
    checkFilter(filter, rules, as('lead'));
    expect(JSON.stringify(maskFilter(filter, rules))).not.toMatch(/C-1|kim@|anything|1234-5678/);
  });

  it('by an order ID that looks like a card is for everybody', () => {
    checkFilter({ orderId: ['4111111111111111'], status: ['pending'], queue: ['a'] }, rules, as('viewer'));
  });
});
