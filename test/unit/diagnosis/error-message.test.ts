import { describe, expect, test } from 'vitest';
import { MAX_NORMALISED_BYTES, normaliseErrorMessage } from '../../../server/diagnosis/error-message.ts';

/** Each row is one failure as it reads on different days: all of a row must be the same, no two rows may be. */
const FAILURES: string[][] = [
  // Korean: particles follow the last digit's sound
  [
    '주문 ORD-20261122-000123의 결제 금액 15,000원이 한도 10,000원을 초과했습니다',
    '주문 ORD-20261201-104412의 결제 금액 1,250,000원이 한도 500,000원을 초과했습니다',
  ],
  ['주문 3은 취소할 수 없습니다', '주문 2는 취소할 수 없습니다'],
  ["알림 템플릿 '주문취소'가 등록되어 있지 않습니다", "알림 템플릿 '배송출발'이 등록되어 있지 않습니다"],
  ['전화번호 010-1234-5678로 발송하지 못했습니다', '전화번호 010-9876-5430으로 발송하지 못했습니다'],
  ['2026년 11월 22일 오후 3시 5분에 만료된 쿠폰입니다', '2027년 1월 2일 오전 11시 30분에 만료된 쿠폰입니다'],
  ['주문123번 시간초과', '주문77번 시간초과'],
  ['시간초과', '시간초과'],
  // Timeouts and connections
  ['Read timed out after 30000ms', 'Read timed out after 5000ms'],
  ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 10.0.3.17:5432', 'connect ECONNREFUSED ::1:5432'],
  ['connect ETIMEDOUT 10.0.0.1:443', 'connect ETIMEDOUT 10.0.0.2:443'],
  [
    'I/O error on POST request for "http://orders.internal/v1/orders/42/cancel": Read timed out',
    'I/O error on POST request for "http://orders.internal/v1/orders/43/cancel": Read timed out',
  ],
  ['GET https://api.example.com/orders/1?x=2 failed.', 'GET http://other.example.com/orders/99 failed.'],
  // Status and vendors' codes tell failures apart
  ['Request failed with status code 404'],
  ['Request failed with status code 503'],
  ['HTTP 429 from payment provider after 3 tries', 'HTTP 429 from payment provider after 12 tries'],
  ['HTTP 500 from payment provider after 3 tries'],
  ['ORA-00001: unique constraint violated for row 17', 'ORA-00001: unique constraint violated for row 2'],
  ['ORA-12154: unique constraint violated for row 17'],
  [
    "SQLSTATE[23000]: Duplicate entry 'ORD-1' for key 'PRIMARY'",
    "SQLSTATE[23000]: Duplicate entry 'x y' for key 'email'",
  ],
  ["SQLSTATE[40001]: Duplicate entry 'ORD-1' for key 'PRIMARY'"],
  // Ids of every shape
  ['Order ORD-20261122-000123 not found', 'Order ORD-1 not found'],
  ['Payment PAY-20261122-000123 not found'],
  ['User 550e8400-e29b-41d4-a716-446655440000 is locked', 'User 6ba7b810-9dad-11d1-80b4-00c04fd430c8 is locked'],
  ['order-worker-7d9f8b6c5-x2k4j was killed', 'order-worker-5c8b7f6d9-9zq8w was killed'],
  ['token V1StGXR8_Z5jdHi6B-myT is used up', 'token 9Xk2_aB3cD4-eF5gH6 is used up'],
  [
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 unknown',
    'commit 1f7a7a472abf3dd9643fd615f6da379c4acb3e3a unknown',
  ],
  ['com.acme.Order@6f2b958e cannot be cast', 'com.acme.Order@1b0375b3 cannot be cast'],
  ['<Order object at 0x7f3c5c0b> is not callable', '<Order object at 0x7fffabcd12> is not callable'],
  ['missing orders [1, 2, 3]', 'missing orders [4]', 'missing orders [17,18]'],
  ["missing fields ['a', 'b']", "missing fields ['currency']"],
  ['customer john.doe@example.com has no address', 'customer kim+test@shop.co.kr has no address'],
  ['balance is -5 but 10 is needed', 'balance is 7 but 12.50 is needed'],
  ['order #123 was cancelled', 'order 123 was cancelled'],
  // Dates
  [
    'expired at 2026-11-22T07:18:00.123Z',
    'expired at 2026-11-22 16:18:00+09:00',
    'expired at Sun Nov 22 07:18:00 KST 2026',
    'expired at 22 Nov 2026 07:18:00 GMT',
    'expired at 22/11/2026',
  ],
  // Paths, quotes
  ['File /var/app/data/orders-2.json is missing', 'File /srv/x/y.json is missing'],
  ['C:\\data\\orders\\17.xml is in use', 'D:\\tmp\\1.xml is in use'],
  ["l'utilisateur n'a pas le droit « lire »", "l'utilisateur n'a pas le droit «écrire»"],
  ['No enum constant “CANCELLED_BY_SHOP”', 'No enum constant “GONE”'],
  ["Cannot read properties of undefined (reading 'id')", "Cannot read properties of undefined (reading 'name')"],
  ["Cannot read properties of null (reading 'id')"],
  ['{"error": "no funds", "order": "ORD-1"}', '{"error": "no stock", "order": "ORD-2"}'],
  ['{"warning": "no funds", "order": "ORD-1"}'],
  ['Unexpected token } in JSON at position 17', 'Unexpected token } in JSON at position 4711'],
  ['Unexpected end of JSON input'],
  // Constants stay
  ['상태가 성공/실패/취소 중 하나가 아닙니다'],
  ["Can't cancel: Foo::Bar and/or base64 utf8 are off"],
  [''],
];

describe('error messages', () => {
  test.each(FAILURES.filter((row) => row.length > 1))('group: %s | %s', (...row) => {
    expect([...new Set(row.map(normaliseErrorMessage))]).toHaveLength(1);
  });

  test('different failures stay apart', () => {
    const normalised = FAILURES.map((row) => normaliseErrorMessage(row[0] ?? ''));
    expect(normalised.filter((text, index) => normalised.indexOf(text) !== index)).toEqual([]);
  });

  test('what is left can be read', () => {
    expect(normaliseErrorMessage('주문 ORD-20261122-000123의 금액\n 15,000원이   너무 큼')).toBe(
      '주문 ORD-#의 금액 #원이 너무 큼',
    );
    expect(normaliseErrorMessage("HTTP/1.1 404 on http://x/y for 'ORD-1'")).toBe('HTTP/1.1 404 on # for #');
    expect(normaliseErrorMessage('')).toBe('');
  });

  test('normalising twice changes nothing', () => {
    for (const text of FAILURES.flat()) {
      const once = normaliseErrorMessage(text);
      expect(normaliseErrorMessage(once)).toBe(once);
    }
  });

  test('the result is bounded, and a huge value before its end does not move the cut', () => {
    expect(Buffer.byteLength(normaliseErrorMessage('가나 '.repeat(100_000)))).toBeLessThanOrEqual(MAX_NORMALISED_BYTES);
    const tail = ' 실패 '.repeat(500);
    expect(normaliseErrorMessage(`order ${'1'.repeat(3000)}${tail}`)).toBe(normaliseErrorMessage(`order 7${tail}`));
  });

  test.each([
    'a',
    "'",
    '"',
    'ab1',
    '/a',
    'a@',
    'a.',
    'a:',
    '1',
    '1-',
    '\n',
    ' ',
    '\\',
    '1.',
    '{"',
    'x://',
    'a_1-',
    '주문1',
    '#,',
    '::',
    'nov 1 ',
    '1:11',
    'status ',
    '0x',
    '-',
    '“',
    '2026-',
  ])('a text made to be slow (%j) is not', (unit) => {
    const started = performance.now();
    normaliseErrorMessage(unit.repeat(1_000_000 / unit.length));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
