import { expect, it } from 'vitest';

import { readableHeaders } from '../../../server/messages/readable-headers.ts';

it('shows headers as plain JSON, with no name being special', () => {
  const headers = readableHeaders([
    { name: '__proto__', type: 'string', value: 'a name' },
    { name: 'n', type: 'int64', value: '9223372036854775807' },
    { name: 't', type: 'table', value: [{ name: '', type: 'void', value: null }] },
    { name: 'a', type: 'array', value: [{ type: 'boolean', value: true }] },
    { name: 'd', type: 'decimal', value: { places: 2, digits: 1999 } },
    { name: 'n', type: 'int8', value: 1 },
  ]);
  expect(JSON.stringify(headers)).toBe(
    '{"__proto__":"a name","n":"9223372036854775807","t":{"":null},"a":[true],"d":"1999e-2"}',
  );
});
