import { describe, expect, test } from 'vitest';
import { readSneakersMessage } from '../../../../server/diagnosis/sneakers-message.ts';
import { deadMessage, header } from '../dead-messages.ts';
import { sneakersBody, sneakersHeaders } from './framework-messages.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const body = Buffer.from('{"orderId":"ORD-1"}');
/** Of Sneakers 2.12 and Kicks. */
const open = (properties: unknown) =>
  readSneakersMessage(deadMessage([header('retry_info', JSON.stringify({ num_attempts: 1, properties }))], { body }));
/** Of Sneakers up to 2.11. */
const openOld = (parts: object) =>
  readSneakersMessage(deadMessage([], { body: Buffer.from(JSON.stringify({ ...sneakersBody, ...parts })) }));

describe('a message of Sneakers 2.12 or Kicks', () => {
  test('has its own body, and its properties and headers from `retry_info`', () => {
    expect(readSneakersMessage(deadMessage(sneakersHeaders, { body }))).toEqual({
      contents: {
        properties: { contentType: 'application/json' },
        headers: [{ name: 'tenant', type: 'string', value: 'acme' }],
        body,
      },
      inexactParts: [],
    });
  });

  test('has every property', () => {
    const properties = {
      content_type: 'application/json',
      content_encoding: 'utf-8',
      delivery_mode: 2,
      priority: 0,
      correlation_id: '상관',
      reply_to: 'replies',
      expiration: '60000',
      message_id: 'm-1',
      timestamp: '2026-11-22 16:00:00 +0900',
      type: 'T',
      user_id: 'guest',
      app_id: 'shop',
      cluster_id: null,
    };
    expect(open(properties)).toEqual({
      contents: {
        properties: {
          contentType: 'application/json',
          contentEncoding: 'utf-8',
          deliveryMode: 2,
          priority: 0,
          correlationId: '상관',
          replyTo: 'replies',
          expiration: '60000',
          messageId: 'm-1',
          timestamp: '1795330800',
          type: 'T',
          userId: 'guest',
          appId: 'shop',
        },
        body,
      },
      inexactParts: [],
    });
  });

  test.each([
    ['2026-11-22 07:00:00 UTC', '1795330800'],
    ['2026-11-22T07:00:00.000Z', '1795330800'],
    ['2026-11-22T16:00:00.000+09:00', '1795330800'],
    ['58861-12-10 20:40:00 UTC', String(Date.UTC(58861, 11, 10, 20, 40) / 1000)],
  ])('has the time %s, to the second', (text, seconds) => {
    expect(open({ timestamp: text })?.contents.properties.timestamp).toBe(seconds);
  });

  test('has its strings exactly, and of all else a guess; what never goes out again is not named', () => {
    const opened = open({
      headers: {
        text: '취소',
        ok: false,
        none: null,
        retries: 3,
        ratio: 1.5,
        table: { a: 'b' },
        list: ['x'],
        at: '2026-11-22 16:00:00 +0900',
        price: '0.1999e2',
        'x-death': [{ count: 3, queue: 'sms' }],
      },
    });
    expect(opened?.contents.headers).toEqual([
      { name: 'text', type: 'string', value: '취소' },
      { name: 'ok', type: 'boolean', value: false },
      { name: 'none', type: 'void', value: null },
      { name: 'retries', type: 'int64', value: '3' },
      { name: 'ratio', type: 'double', value: 1.5 },
      { name: 'table', type: 'table', value: [{ name: 'a', type: 'string', value: 'b' }] },
      { name: 'list', type: 'array', value: [{ type: 'string', value: 'x' }] },
      { name: 'at', type: 'string', value: '2026-11-22 16:00:00 +0900' },
      { name: 'price', type: 'string', value: '0.1999e2' },
      {
        name: 'x-death',
        type: 'array',
        value: [
          {
            type: 'table',
            value: [
              { name: 'count', type: 'int64', value: '3' },
              { name: 'queue', type: 'string', value: 'sms' },
            ],
          },
        ],
      },
    ]);
    expect(opened?.inexactParts).toEqual(
      ['retries', 'ratio', 'table', 'list', 'at', 'price'].map((name) => `header ${name}`),
    );
  });

  test('of several failures, is the one of the latest', () => {
    const list = JSON.stringify([{ num_attempts: 1, properties: { type: 'late' } }, ['error', 'reject']]);
    expect(readSneakersMessage(deadMessage([header('retry_info', list)], { body }))?.contents.properties).toEqual({
      type: 'late',
    });
  });

  test.each([
    undefined,
    null,
    7,
    'text',
    { priority: 'high' },
    { timestamp: 'noon' },
    { expiration: 'soon' },
    { headers: [] },
  ])('stays as it is where its properties are %j', (properties) => {
    expect(open(properties)).toBeNull();
  });
});

describe('a message of Sneakers up to 2.11', () => {
  test('is all in the body, in base64 that Ruby breaks into lines', () => {
    const text = 'x'.repeat(100);
    const payload = base64(text).replace(/.{60}/g, '$&\n');
    expect(openOld({ payload })).toEqual({
      contents: { properties: { contentType: 'application/json' }, body: Buffer.from(text) },
      inexactParts: [],
    });
  });

  test('may have bytes for a body', () => {
    expect(openOld({ payload: '/wA=' })?.contents.body).toEqual(Buffer.from([0xff, 0]));
  });

  test('may have its properties as a list of pairs, as Rails writes them', () => {
    const pairs = base64(
      JSON.stringify([
        ['content_type', 'text/plain'],
        ['headers', { a: 'b' }],
      ]),
    );
    expect(openOld({ properties: pairs })?.contents).toMatchObject({
      properties: { contentType: 'text/plain' },
      headers: [{ name: 'a', type: 'string', value: 'b' }],
    });
  });

  test.each([
    { payload: 'no base64' },
    { payload: null },
    { properties: 'e30' },
    { properties: base64('"{:content_type=>1}"') },
    { properties: base64('[["a"]]') },
  ])('stays as it is where it holds %j', (parts) => {
    expect(openOld(parts)).toBeNull();
  });
});
