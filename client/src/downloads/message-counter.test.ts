import { describe, expect, it } from 'vitest';

import { MessageCounter, type ExportFormat } from './message-counter.ts';

/** In pieces of every size, as a network hands them over. */
function counted(format: ExportFormat, text: string): Set<number> {
  const bytes = new TextEncoder().encode(text);
  return new Set(
    Array.from({ length: bytes.length }, (_one, index) => {
      const counter = new MessageCounter(format);
      for (let at = 0; at < bytes.length; at += index + 1) counter.take(bytes.subarray(at, at + index + 1));
      return counter.messages;
    }),
  );
}

describe('The messages of an export', () => {
  it('are counted in CSV by its lines, also where a field holds lines and quotes', () => {
    expect(counted('csv', 'id,error\r\n1,"a\nb"\r\n2,"say ""x""\n"\r\n3,\r\n')).toEqual(new Set([3]));
    expect(counted('csv', 'id,error\r\n')).toEqual(new Set([0]));
  });

  it('are counted in NDJSON without the further lines of large bodies', () => {
    const lines = ['{"entry":"a","body":""}', '{"entry":"b","bodyParts":2}', '{"of":"b","data":"e"}', '{"of":"b"}'];
    expect(counted('ndjson', `${lines.join('\n')}\n`)).toEqual(new Set([2]));
  });
});
