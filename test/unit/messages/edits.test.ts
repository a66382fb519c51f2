import { describe, expect, it } from 'vitest';

import type { HeaderTable, MessageContents } from '../../../server/amqp/message.ts';
import { changesNothing, stillInexact, summariseEdit } from '../../../server/messages/edits/edit-summary.ts';
import { applyChanges, sensitiveHeaders, splitHeaders } from '../../../server/messages/edits/editable-parts.ts';

const text = (name: string, value = 'x') => ({ name, type: 'string', value }) as const;
const failed: MessageContents = {
  properties: { messageId: 'm-1', userId: 'shop', raw: { userId: 'c2hvcP8=', appId: 'gf8=' } },
  headers: [
    text('x-death'),
    text('tenant'),
    text('CC'),
    text('why'),
    text('x-dead-letter-office-id'),
    text('tenant', 'y'),
  ],
  body: Buffer.from('{}'),
};
const noKeys = () => new Map<string, string[]>();
const names = (headers: HeaderTable = []) => headers.map(({ name }) => name);

describe('What may be edited', () => {
  it('is what a resend keeps; the rest is locked, with its reason', () => {
    const { editable, locked } = splitHeaders(failed.headers ?? [], ['why']);
    expect(names(editable)).toEqual(['tenant', 'tenant']);
    expect(locked.map(({ header, because }) => `${header.name} ${because}`)).toEqual([
      'x-death broker',
      'CC copies',
      'why framework',
      'x-dead-letter-office-id office',
    ]);
  });

  it('names headers that handlers and order look-ups go by', () => {
    const headers = ['__TypeId__', 'NServiceBus.EnclosedMessageTypes', 'Order-ID', 'tenant', 'task', 'tasks'].map(
      (name) => text(name),
    );
    expect(sensitiveHeaders(headers, ['order-id'])).toEqual([
      '__TypeId__',
      'NServiceBus.EnclosedMessageTypes',
      'Order-ID',
      'task',
    ]);
  });
});

describe('An edit', () => {
  it('leaves alone what it does not name, and what is locked', () => {
    expect(applyChanges(failed, {}, ['why'])).toEqual(failed);
    const { headers, properties } = applyChanges(
      failed,
      { headers: [text('tenant', 'z'), text('CC')], properties: { messageId: 'm-2' } },
      ['why'],
    );
    expect(names(headers)).toEqual(['x-death', 'CC', 'why', 'x-dead-letter-office-id', 'tenant']);
    expect(properties).toEqual({ messageId: 'm-2', userId: 'shop', raw: { userId: 'c2hvcP8=' } });
  });

  it('of locked parts is an error that names them', () => {
    expect(() => applyChanges(failed, { headers: [text('x-death', 'none')] }, [])).toThrow(
      expect.objectContaining({ code: 'draft.locked', options: { params: { parts: 'x-death' } } }) as Error,
    );
    expect(() => applyChanges(failed, { properties: { userId: 'boss' } }, [])).toThrow(
      expect.objectContaining({ code: 'draft.locked' }) as Error,
    );
  });

  it('of all headers leaves no table, where there is nothing locked', () => {
    const plain = { ...failed, headers: [text('a')] };
    expect(applyChanges(plain, { headers: [] }, []).headers).toBeUndefined();
  });
});

describe('What is told of an edit', () => {
  it('is by names: added, removed, changed, types and repeated names included', () => {
    const edited: MessageContents = {
      properties: { messageId: 'm-2', raw: { appId: 'gf8=' } },
      headers: [{ name: 'tenant', type: 'bytes', value: 'eA==' }, text('tenant', 'y'), text('new')],
      body: Buffer.from('{} '),
    };
    const changed = summariseEdit(
      { ...failed, headers: [text('tenant'), text('tenant', 'y'), text('old')] },
      edited,
      noKeys,
    );
    expect(changed).toEqual({
      body: true,
      headers: { added: ['new'], removed: ['old'], changed: ['tenant'] },
      headersReordered: false,
      properties: ['messageId', 'userId'],
      keys: [],
    });
  });

  it('tells another order from no change', () => {
    const [a, b] = [text('a'), text('b')];
    const swapped = summariseEdit({ ...failed, headers: [a, b] }, { ...failed, headers: [b, a] }, noKeys);
    expect([swapped.headersReordered, changesNothing(swapped)]).toEqual([true, false]);
    expect(changesNothing(summariseEdit(failed, { ...failed }, noKeys))).toBe(true);
  });

  it('says which business keys read otherwise', () => {
    const keys = ({ body }: MessageContents) => new Map([['orderId', [body.toString()]]]);
    expect(summariseEdit(failed, { ...failed, body: Buffer.from('2') }, keys).keys).toEqual([
      { name: 'orderId', before: ['{}'], after: ['2'] },
    ]);
  });

  it('takes what a person wrote for no guess', () => {
    const parts = ['body', 'header retries', 'property type', 'header other'];
    const changed = { headers: { added: [], removed: [], changed: ['retries'] }, headersReordered: false, keys: [] };
    expect(stillInexact(parts, { ...changed, body: true, properties: ['type'] })).toEqual(['header other']);
  });
});
