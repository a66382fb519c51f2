import { describe, expect, test } from 'vitest';
import { DEFAULT_BUSINESS_KEYS, parseBusinessKeyRules } from '../../../server/orders/business-keys.ts';

/** The rules in short, as `name: source, source`. */
function read(text: string): string[] {
  const parsed = parseBusinessKeyRules(text);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.rules.map(
    ({ name, sources }) =>
      `${name}: ${sources.map((source) => (source.from === 'body' ? `body ${source.path.toString()}` : `${source.from} ${source.name}`)).join(', ')}`,
  );
}

function problems(text: string): string[] {
  const parsed = parseBusinessKeyRules(text);
  return parsed.ok ? [] : parsed.problems;
}

describe('BUSINESS_KEYS', () => {
  test('the default is a valid rule for orderId', () => {
    expect(read(DEFAULT_BUSINESS_KEYS)).toEqual([
      'orderId: header order-id, header orderId, header x-order-id, body $.orderId, body $.orderIds[*], body $.order.id',
    ]);
  });

  test('several keys, white space and a last semicolon', () => {
    expect(read(' orderId = header:order-id , body:$.id ; customer=property:user-id; ')).toEqual([
      'orderId: header order-id, body $.id',
      'customer: property userId',
    ]);
  });

  test('commas, semicolons and brackets within a JSONPath belong to it', () => {
    expect(read(`a=body:$['x,y;z]'],body:$["]"][0,1];b=body:$.items[?@.kind=='a;b'].id`)).toEqual([
      "a: body $['x,y;z]'], body $[']'][0, 1]",
      "b: body $.items[?@.kind == 'a;b'].id",
    ]);
  });

  test('header names may hold what JSONPaths must close', () => {
    expect(read("a=header:it's,header:a[b,header:x:y")).toEqual(["a: header it's, header a[b, header x:y"]);
  });

  test('properties are named as in the API or as in AMQP', () => {
    expect(read('a=property:messageId,property:message_id,property:MESSAGE-ID')).toEqual([
      'a: property messageId, property messageId, property messageId',
    ]);
  });

  test('every problem is told at once', () => {
    const told = problems(
      'a;b=;c=foo:bar;d=body:$.x[;e=body:orderId;e=property:zip;1x=header:a;f=header:;g=body:$..a..b',
    );
    expect(told).toHaveLength(10);
    for (const [index, words] of [
      '"a" has no "="',
      'Key "b"',
      '"foo:bar" is no source',
      '"$.x["',
      '"orderId"',
      'more than one rule',
      '"zip"',
      '"1x"',
      'names no header',
      '".." more than once',
    ].entries()) {
      expect(told[index]).toContain(words);
    }
  });

  test('nothing at all is a problem, not a rule', () => {
    expect(problems(' ; ')).toHaveLength(1);
  });

  test.each(['$..a[?@..b]', '$[?$.a]', "$[?match(@.a,'(a+)+')]", '$..a..b', "$[?search(@, 'x')]"])(
    'a path that a hostile body could make endless is refused: %s',
    (path) => {
      expect(problems(`a=body:${path}`)).toHaveLength(1);
    },
  );

  test.each(["$['a..b?']..id", '$..id', "$.items[?@.name=='$x..']"])('and one that could not is fine: %s', (path) => {
    expect(problems(`a=body:${path}`)).toEqual([]);
  });
});
