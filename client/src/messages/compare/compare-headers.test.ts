import { describe, expect, it } from 'vitest';

import type { HeaderSource } from '../../../../server/contract/messages.ts';
import type { TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import { compareHeaders } from './compare-headers.ts';

const string = (name: string, value: string): TypedHeader => ({ name, type: 'string', value });
const headers = (...headersTyped: TypedHeader[]) => ({
  headersTyped,
  headerSources: headersTyped.map(({ name }): HeaderSource => (name === 'x-death' ? 'broker' : 'application')),
});
const said = (left: TypedHeader[], right: TypedHeader[]) =>
  compareHeaders(headers(...left), headers(...right)).map(({ name, difference }) => [name, difference]);

describe('The headers of two messages', () => {
  it('are compared by name, whatever their order; the application’s own come first', () => {
    const left = [string('x-death', '1'), string('a', '1'), string('b', '1'), string('__proto__', '1')];
    const right = [string('b', '2'), string('c', '1'), string('a', '1'), string('x-death', '2')];
    expect(said(left, right)).toEqual([
      ['a', 'same'],
      ['b', 'changed'],
      ['__proto__', 'onlyLeft'],
      ['c', 'onlyRight'],
      ['x-death', 'changed'],
    ]);
  });

  it('differ by their type alone', () => {
    const count = (type: 'int8' | 'int32'): TypedHeader => ({ name: 'count', type, value: 3 });
    expect(said([count('int8')], [count('int32')])).toEqual([['count', 'changed']]);
    expect(said([count('int8')], [count('int8')])).toEqual([['count', 'same']]);
  });

  it('pair repeated names in their order', () => {
    expect(said([string('a', '1'), string('a', '2')], [string('a', '1')])).toEqual([
      ['a', 'same'],
      ['a', 'onlyLeft'],
    ]);
  });
});
