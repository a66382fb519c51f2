import { expect, test } from 'vitest';
import type { HeaderTable } from '../../../server/amqp/message.ts';
import { headerArray, headerName, headerTable, headerText } from '../../../server/diagnosis/header-reading.ts';
import { array, header, int64, string, table } from './dead-messages.ts';

const headers: HeaderTable = [
  header('rascal', table({ originalQueue: 'orders' })),
  header('rascal', 'a second one'),
  header('keys', array(string('a'), int64(1))),
  header('', 'of no name'),
  header('toString', 'of a special name'),
];

test('a value is read as the type that is asked for, or not at all; of duplicates the first counts', () => {
  expect(headerTable(headers, 'rascal')).toEqual([header('originalQueue', 'orders')]);
  expect(headerText(headers, 'rascal', 100)).toBeNull();
  expect(headerArray(headers, 'keys')).toHaveLength(2);
  expect(headerTable(headers, 'keys')).toBeNull();
  expect(headerArray(headers, 'rascal')).toBeNull();
});

test('names are matched exactly, and none is special', () => {
  expect(headerName(headers, '')).toBe('of no name');
  expect(headerName(headers, 'toString')).toBe('of a special name');
  expect(headerName(headers, 'constructor')).toBeNull();
  expect(headerText(headers, 'KEYS', 100)).toBeNull();
});
