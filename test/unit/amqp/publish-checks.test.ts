import { describe, expect, it } from 'vitest';

import { mostBytesIn, refusalOf } from '../../../server/amqp/publish-checks.ts';

describe('A broker that refuses a body for its size', () => {
  // RabbitMQ 3.10 and 4.3, with their defaults.
  it.each([
    ['PRECONDITION_FAILED - message size 134217729 is larger than configured max size 134217728', 134_217_728],
    ['PRECONDITION_FAILED - message size 17825792 is larger than configured max size 16777216', 16_777_216],
  ])('names the size that it takes: %s', (replyText, mostBytes) => {
    expect(refusalOf(406, replyText)).toMatchObject({ outcome: 'refused', code: 'item.tooLarge' });
    expect(mostBytesIn(replyText)).toBe(mostBytes);
  });

  it('may name none', () => {
    expect([mostBytesIn(undefined), mostBytesIn('max size')]).toEqual([null, null]);
  });
});
