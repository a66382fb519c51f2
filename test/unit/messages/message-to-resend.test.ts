import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { HeaderTable, MessageContents, TypedValue } from '../../../server/amqp/message.ts';
import { OFFICE_HEADER } from '../../../server/amqp/publisher.ts';
import { BROKER_HEADERS } from '../../../server/diagnosis/broker-headers.ts';
import { messageToResend } from '../../../server/messages/message-to-resend.ts';
import { contentHeaders } from '../../support/header-tables.ts';

const text = (name: string, value = 'x') => ({ name, type: 'string' as const, value });
const nothing = {
  stripHeaders: [],
  mark: null,
  isOurMark: () => false,
  user: 'office',
  restoreCc: false,
  restoreExpiration: false,
};
const list = (...values: string[]) => ({
  type: 'array' as const,
  value: values.map((value) => ({ type: 'string' as const, value })),
});
/** One entry of the broker's history. */
const death = (queue: string, reason: string, more: HeaderTable = []): TypedValue => ({
  type: 'table',
  value: [text('queue', queue), text('reason', reason), text('exchange', 'orders'), ...more],
});
const message = (headers: HeaderTable): MessageContents => ({ properties: {}, headers, body: Buffer.from('x') });

describe('A message to resend', () => {
  it('is the message that failed: every property, header, type and byte of it', () => {
    fc.assert(
      fc.property(contentHeaders(), fc.uint8Array(), ({ properties, headers }, bytes) => {
        const { userId: _userId, ...expected } = properties;
        const contents = { properties, ...(headers === undefined ? {} : { headers }), body: Buffer.from(bytes) };
        const before = structuredClone({ properties, headers });
        const resent = messageToResend(contents, nothing);
        expect(resent).toEqual({ ...contents, properties: expected });
        // The given one stays as it is.
        expect({ properties, headers }).toEqual(before);
      }),
    );
  });

  it('has no header table where there was none, unless our header needs one', () => {
    const contents = { properties: {}, body: Buffer.alloc(0) };
    expect(messageToResend(contents, nothing)).not.toHaveProperty('headers');
    expect(messageToResend(contents, { ...nothing, mark: 'm' }).headers).toEqual([text(OFFICE_HEADER, 'm')]);
  });

  it('keeps order and duplicates, and loses only what was added because it failed', () => {
    const headers = [
      text('a', '1'),
      ...BROKER_HEADERS.map((name) => text(name)),
      text('retries'),
      text('a', '2'),
      text('b'),
    ];
    expect(messageToResend(message(headers), { ...nothing, stripHeaders: ['retries'] }).headers).toEqual([
      text('a', '1'),
      text('a', '2'),
      text('b'),
    ]);
  });

  it('goes to no further queue by CC or BCC', () => {
    const headers: HeaderTable = [{ name: 'CC', ...list('other') }, { name: 'BCC', ...list('other') }, text('cc')];
    expect(messageToResend(message(headers), nothing).headers).toEqual([text('cc')]);
  });

  it('has one header of ours, the newest', () => {
    const headers = [text(OFFICE_HEADER, 'old'), text('a'), text(OFFICE_HEADER, 'another’s')];
    expect(messageToResend(message(headers), { ...nothing, mark: 'new' }).headers).toEqual([
      text('a'),
      text(OFFICE_HEADER, 'new'),
    ]);
  });

  it('loses our old mark where none is added, and keeps a header that only has its name', () => {
    const headers = [text(OFFICE_HEADER, 'ours'), text(OFFICE_HEADER, 'the application’s')];
    const changes = { ...nothing, isOurMark: (value: string) => value === 'ours' };
    expect(messageToResend(message(headers), changes).headers).toEqual([text(OFFICE_HEADER, 'the application’s')]);
  });

  it('has no user_id that is not the user of our connection, not even its raw bytes', () => {
    const properties = { userId: 'app', appId: 'shop', raw: { userId: 'AAA=', appId: 'c2hvcA==' } };
    for (const user of ['office', 'app']) {
      expect(messageToResend({ properties, body: Buffer.alloc(0) }, { ...nothing, user }).properties).toEqual({
        appId: 'shop',
        raw: { appId: 'c2hvcA==' },
      });
    }
  });

  it('keeps a user_id that is the user of our connection', () => {
    const contents = { properties: { userId: 'office' }, body: Buffer.alloc(0) };
    expect(messageToResend(contents, nothing).properties).toEqual({ userId: 'office' });
    expect(messageToResend(contents, { ...nothing, user: 'other' }).properties).toEqual({});
  });
});

describe('What a resend can put back', () => {
  const origin = death('work', 'rejected', [
    { name: 'routing-keys', ...list('order.cancel', 'audit', 'mail') },
    text('original-expiration', '60000'),
  ]);
  const later = death('retry', 'expired', [
    { name: 'routing-keys', ...list('retry', 'wrong') },
    text('original-expiration', '5'),
  ]);
  const history: HeaderTable = [
    { name: 'x-death', type: 'array', value: [later, origin] },
    text('x-first-death-queue', 'work'),
    text('x-first-death-reason', 'rejected'),
  ];

  it('is nothing unless it is wanted', () => {
    expect(messageToResend(message(history), nothing)).toMatchObject({ headers: [], properties: {} });
  });

  it('is its CC: the header where it is still there, in its place', () => {
    const headers: HeaderTable = [
      text('a'),
      { name: 'CC', ...list('kept') },
      { name: 'BCC', ...list('no') },
      ...history,
    ];
    expect(messageToResend(message(headers), { ...nothing, restoreCc: true }).headers).toEqual([
      text('a'),
      { name: 'CC', ...list('kept') },
    ]);
  });

  it('is its CC: else the keys of its first death after the first', () => {
    const resent = messageToResend(message([text('a'), ...history]), { ...nothing, restoreCc: true, mark: 'm' });
    expect(resent.headers).toEqual([text('a'), { name: 'CC', ...list('audit', 'mail') }, text(OFFICE_HEADER, 'm')]);
  });

  it('is no CC where there was none', () => {
    const alone = death('work', 'rejected', [{ name: 'routing-keys', ...list('order.cancel') }]);
    for (const headers of [[], [{ name: 'x-death', type: 'array' as const, value: [alone] }]]) {
      expect(messageToResend(message(headers), { ...nothing, restoreCc: true }).headers).toEqual([]);
    }
  });

  it('is the expiration of its first death, unless the message has one', () => {
    const changes = { ...nothing, restoreExpiration: true };
    expect(messageToResend(message(history), changes).properties).toEqual({ expiration: '60000' });
    const own = { ...message(history), properties: { expiration: '7' } };
    expect(messageToResend(own, changes).properties).toEqual({ expiration: '7' });
    expect(messageToResend(message([]), changes).properties).toEqual({});
  });
});
