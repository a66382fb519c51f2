import { describe, expect, it } from 'vitest';

import { destinationOf, resendable, type ResendFacts } from '../../../server/messages/resendable.ts';

const facts: ResendFacts = {
  exchange: 'orders',
  routingKeys: ['cancel', 'cc'],
  queue: 'work',
  contentsPurged: false,
  inexactParts: [],
};

describe('A message can be resent', () => {
  it('to the exchange that it came from, with the key that it was published with', () => {
    expect(resendable(facts)).toEqual({ ok: true });
    expect(destinationOf(facts)).toEqual({ exchange: 'orders', routingKey: 'cancel' });
  });

  it('to the default exchange and with the empty key: they are names like others', () => {
    expect(destinationOf({ ...facts, exchange: '', routingKeys: [''] })).toEqual({ exchange: '', routingKey: '' });
  });

  it('not where the exchange or the key is not on record: nothing is guessed', () => {
    for (const unknown of [{ exchange: null }, { routingKeys: [] }]) {
      expect(resendable({ ...facts, ...unknown })).toEqual({ ok: false, code: 'item.originUnknown' });
    }
  });

  it('to the queue that it failed in, where only that is known', () => {
    const queueOnly = { ...facts, exchange: null, routingKeys: [] };
    expect(resendable(queueOnly, { kind: 'queue' })).toEqual({ ok: true });
    expect(destinationOf(queueOnly, { kind: 'queue' })).toEqual({ exchange: '', routingKey: 'work' });
    expect(resendable({ ...facts, queue: null }, { kind: 'queue' })).toMatchObject({ code: 'item.originUnknown' });
  });

  it('not when its contents were removed', () => {
    expect(resendable({ ...facts, contentsPurged: true })).toEqual({ ok: false, code: 'item.contentsPurged' });
  });

  it('not when a header cannot be written exactly, however deep it lies', () => {
    const headers = [{ name: 'outer', type: 'array' as const, value: [{ type: 'unparsed' as const, value: 'AA==' }] }];
    expect(resendable({ ...facts, contents: { properties: {}, headers } })).toMatchObject({ code: 'item.notExact' });
  });

  it('not where its envelope did not hold it exactly, unless a person decided that', () => {
    const guessed = { ...facts, inexactParts: ['header retries', 'body'] };
    const refused = { ok: false, code: 'item.notExact', params: { parts: 'header retries, body' } };
    expect(resendable(guessed)).toEqual(refused);
    expect(resendable(guessed, { kind: 'queue' })).toEqual(refused);
    expect(resendable(guessed, undefined, true)).toEqual({ ok: true });
    expect(resendable({ ...guessed, exchange: null }, undefined, true)).toMatchObject({ code: 'item.originUnknown' });
  });

  it('not with a property over which the broker closes the channel', () => {
    for (const properties of [{ expiration: 'soon' }, { replyTo: 'amq.rabbitmq.reply-to' }]) {
      expect(resendable({ ...facts, contents: { properties } })).toMatchObject({ code: 'item.preconditionFailed' });
    }
  });

  it('whatever is in CC: it is not sent again', () => {
    const contents = { properties: {}, headers: [{ name: 'CC', type: 'int32' as const, value: 1 }] };
    expect(resendable({ ...facts, contents })).toEqual({ ok: true });
  });
});
