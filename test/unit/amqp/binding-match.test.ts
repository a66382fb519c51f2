import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { headersMatch, matcherOf, routingKeysOf, topicMatches } from '../../../server/amqp/binding-match.ts';
import type { Header } from '../../../server/amqp/message.ts';

const text = (name: string, value: string): Header => ({ name, type: 'string', value });

/** The definition, word by word and without any cleverness. */
function fits(pattern: readonly string[], key: readonly string[]): boolean {
  const [part, ...parts] = pattern;
  if (part === undefined) return key.length === 0;
  if (part === '#') return fits(parts, key) || (key.length > 0 && fits(pattern, key.slice(1)));
  return key.length > 0 && (part === '*' || part === key[0]) && fits(parts, key.slice(1));
}

describe('A topic binding', () => {
  it.each([
    ['order.*', 'order.cancel', true],
    ['order.*', 'order', false],
    ['order.*', 'order.cancel.now', false],
    ['order.#', 'order', true],
    ['#.cancel', 'order.line.cancel', true],
    ['#', '', true],
    ['*', '', false],
    ['', '', true],
    ['*.*', '.', true],
    ['a.*.b', 'a..b', true],
    ['*.#.*', 'a', false],
    ['order', 'ORDER', false],
  ])('%j takes %j: %s', (pattern, key, taken) => {
    expect(topicMatches(pattern, key)).toBe(taken);
  });

  it('takes what its definition says', () => {
    const key = fc.array(fc.constantFrom('a', 'b', '', '#', '*'), { maxLength: 6 }).map((words) => words.join('.'));
    const words = (text: string) => (text === '' ? [] : text.split('.'));
    fc.assert(
      fc.property(key, key, (pattern, routingKey) => {
        expect(topicMatches(pattern, routingKey)).toBe(fits(words(pattern), words(routingKey)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of many wildcards is judged at once', () => {
    const began = performance.now();
    expect(topicMatches('#.a.'.repeat(60) + 'b', 'a.'.repeat(125) + 'a')).toBe(false);
    expect(performance.now() - began).toBeLessThan(100);
  });
});

describe('A headers binding', () => {
  it('wants all of its arguments unless it says any', () => {
    const args = { tenant: 'kr', urgent: true };
    const headers: Header[] = [text('tenant', 'kr'), { name: 'urgent', type: 'boolean', value: false }];
    expect(headersMatch(args, headers)).toBe('no');
    expect(headersMatch({ ...args, 'x-match': 'all' }, headers)).toBe('no');
    expect(headersMatch({ ...args, 'x-match': 'any' }, headers)).toBe('yes');
    expect(headersMatch({}, [])).toBe('yes');
    expect(headersMatch({ 'x-match': 'any' }, headers)).toBe('no');
  });

  it('counts arguments that begin with x- only where it says so', () => {
    expect(headersMatch({ 'x-tenant': 'kr' }, [])).toBe('yes');
    expect(headersMatch({ 'x-match': 'all-with-x', 'x-tenant': 'kr' }, [])).toBe('no');
    expect(headersMatch({ 'x-match': 'any-with-x', 'x-tenant': 'kr' }, [text('x-tenant', 'kr')])).toBe('yes');
  });

  it('compares values, not their widths, and never a number with a text', () => {
    expect(headersMatch({ n: 5n }, [{ name: 'n', type: 'int8', value: 5 }])).toBe('yes');
    expect(headersMatch({ n: 5n }, [{ name: 'n', type: 'int64', value: '5' }])).toBe('yes');
    expect(headersMatch({ n: 2n ** 53n + 1n }, [{ name: 'n', type: 'int64', value: '9007199254740992' }])).toBe('no');
    expect(headersMatch({ n: 5n }, [text('n', '5')])).toBe('no');
    expect(headersMatch({ n: 'undefined' }, [text('n', 'anything')])).toBe('yes');
    expect(headersMatch({ n: 'undefined' }, [text('m', 'anything')])).toBe('no');
  });

  it('is unsure where brokers differ or the types inside a value are not told, unless something else decides', () => {
    expect(headersMatch({ n: 5n }, [{ name: 'n', type: 'double', value: 5 }])).toBe('unsure');
    expect(headersMatch({ n: [1n] }, [{ name: 'n', type: 'array', value: [{ type: 'int8', value: 1 }] }])).toBe(
      'unsure',
    );
    expect(headersMatch({ n: 5n }, [text('n', 'x'), { name: 'n', type: 'int8', value: 5 }])).toBe('unsure');
    expect(headersMatch({ n: 5n, m: 'x' }, [{ name: 'n', type: 'double', value: 5 }])).toBe('no');
    const any = { 'x-match': 'any', n: 5n, m: 'x' };
    expect(headersMatch(any, [{ name: 'n', type: 'double', value: 5 }, text('m', 'x')])).toBe('yes');
  });
});

it('what an exchange of a plugin does is not known', () => {
  expect(matcherOf('x-consistent-hash')).toBeUndefined();
  expect(matcherOf('constructor')).toBeUndefined();
});

it('the broker routes by the keys of CC and BCC too', () => {
  const cc: Header = { name: 'CC', type: 'array', value: [{ type: 'string', value: 'b' }] };
  const bcc: Header = { name: 'BCC', type: 'array', value: [{ type: 'string', value: 'c' }] };
  expect(routingKeysOf('a', [cc, bcc, text('CC', 'd')])).toEqual(['a', 'b', 'c']);
});
