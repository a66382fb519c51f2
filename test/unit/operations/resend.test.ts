import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { HeaderTable, MessageContents } from '../../../server/amqp/message.ts';
import { OFFICE_HEADER } from '../../../server/amqp/publisher.ts';
import { BROKER_HEADERS } from '../../../server/diagnosis/broker-headers.ts';
import { messageToResend } from '../../../server/operations/resend.ts';
import { contentHeaders } from '../../support/header-tables.ts';

const text = (name: string, value = 'x') => ({ name, type: 'string' as const, value });
const nothing = { stripHeaders: [], mark: null, isOurMark: () => false };
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
    const list = { type: 'array' as const, value: [{ type: 'string' as const, value: 'other' }] };
    const headers: HeaderTable = [{ name: 'CC', ...list }, { name: 'BCC', ...list }, text('cc')];
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

  it('has no user_id, not even its raw bytes', () => {
    const properties = { userId: 'app', appId: 'shop', raw: { userId: 'AAA=', appId: 'c2hvcA==' } };
    expect(messageToResend({ properties, body: Buffer.alloc(0) }, nothing).properties).toEqual({
      appId: 'shop',
      raw: { appId: 'c2hvcA==' },
    });
  });
});
