import { describe, expect, it } from 'vitest';

import type { TypedHeader } from '../../../server/contract/schemas/messages.ts';
import { headerGroups } from './header-groups.ts';

const header = (name: string): TypedHeader => ({ name, type: 'string', value: name });

describe('The headers in groups', () => {
  it('are in the order of the message, the application’s own first', () => {
    const headers = ['x-death', 'b', 'x-failure-type', 'a', '__proto__'].map(header);
    const groups = headerGroups(headers, ['broker', 'application', 'framework', 'application', 'application']);
    expect(groups.map(({ source, headers: own }) => [source, own.map(({ name }) => name)])).toEqual([
      ['application', ['b', 'a', '__proto__']],
      ['framework', ['x-failure-type']],
      ['broker', ['x-death']],
    ]);
  });

  it('leave none out, whatever is said of them', () => {
    expect(headerGroups([header('a'), header('b')], ['broker']).flatMap((group) => group.headers)).toHaveLength(2);
  });
});
