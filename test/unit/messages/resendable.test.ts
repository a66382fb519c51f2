import { describe, expect, it } from 'vitest';

import type { BrokerTerms } from '../../../server/amqp/broker-terms.ts';
import {
  destinationOf,
  resendable as judge,
  USUAL_CHOICES,
  type ResendChoices,
  type ResendFacts,
} from '../../../server/messages/resendable.ts';

const facts: ResendFacts = {
  exchange: 'orders',
  routingKeys: ['cancel', 'cc'],
  queue: 'work',
  contentsPurged: false,
  bodySize: 100,
  stripHeaders: [],
  inexactParts: [],
};
const broker: BrokerTerms = { user: 'office', mostBytes: null, anyDeliveryMode: true };
const resendable = (given: ResendFacts, choices: Partial<ResendChoices> = {}, terms: Partial<BrokerTerms> = {}) =>
  judge(given, { ...broker, ...terms }, { ...USUAL_CHOICES, ...choices });

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
    expect(resendable(queueOnly, { target: { kind: 'queue' } })).toEqual({ ok: true });
    expect(destinationOf(queueOnly, { kind: 'queue' })).toEqual({ exchange: '', routingKey: 'work' });
    expect(resendable({ ...facts, queue: null }, { target: { kind: 'queue' } })).toMatchObject({
      code: 'item.originUnknown',
    });
  });

  it('not when its contents were removed', () => {
    expect(resendable({ ...facts, contentsPurged: true })).toEqual({ ok: false, code: 'item.contentsPurged' });
  });

  it('not when the broker is known to refuse bodies of its size', () => {
    expect(resendable(facts, {}, { mostBytes: 100 })).toEqual({ ok: true });
    expect(resendable(facts, {}, { mostBytes: 99 })).toMatchObject({ code: 'item.tooLarge' });
  });

  it('not where its envelope did not hold it exactly, unless a person decided that', () => {
    const guessed = { ...facts, inexactParts: ['header retries', 'body'] };
    const parts = [
      { in: 'headers', name: 'retries', why: 'guessed' },
      { in: 'body', name: '', why: 'guessed' },
    ];
    expect(resendable(guessed)).toMatchObject({ ok: false, code: 'item.notExact', parts });
    expect(resendable(guessed, { sendInexact: true })).toEqual({ ok: true, parts });
    expect(resendable({ ...guessed, exchange: null }, { sendInexact: true })).toMatchObject({
      code: 'item.originUnknown',
    });
  });

  it('whatever is in CC: it is not sent again', () => {
    const contents = { properties: {}, headers: [{ name: 'CC', type: 'int32' as const, value: 1 }] };
    expect(resendable({ ...facts, contents })).toEqual({ ok: true });
  });
});

describe('A message that cannot be sent as it was', () => {
  const unreadable = { type: 'unparsed' as const, value: 'AA==' };
  const contents = {
    properties: { expiration: 'soon', replyTo: 'amq.rabbitmq.reply-to', type: 'x'.repeat(256), appId: 'shop' },
    headers: [
      { name: 'fine', type: 'int8' as const, value: 1 },
      { name: 'odd', type: 'array' as const, value: [unreadable] },
      { name: 'ratio', type: 'table' as const, value: [{ name: 'x', type: 'double' as const, value: 'NaN' as const }] },
    ],
  };
  const parts = [
    { in: 'properties', name: 'replyTo', why: 'refused' },
    { in: 'properties', name: 'expiration', why: 'refused' },
    { in: 'properties', name: 'type', why: 'unwritable' },
    { in: 'headers', name: 'odd', why: 'unreadable' },
    { in: 'headers', name: 'ratio', why: 'notFinite' },
  ];

  it('says which parts of it, and why', () => {
    expect(resendable({ ...facts, contents })).toEqual({
      ok: false,
      code: 'item.notExact',
      params: {
        parts:
          'properties.replyTo (refused), properties.expiration (refused), properties.type (unwritable), ' +
          'headers.odd (unreadable), headers.ratio (notFinite)',
      },
      parts,
    });
  });

  it('can be sent all the same where the operator wants it', () => {
    expect(resendable({ ...facts, contents }, { sendInexact: true })).toEqual({ ok: true, parts });
  });

  it('can be sent where those parts are taken off anyway', () => {
    const stripped = {
      ...facts,
      stripHeaders: ['odd'],
      contents: { properties: {}, headers: contents.headers.slice(0, 2) },
    };
    expect(resendable(stripped)).toEqual({ ok: true });
  });

  it('has a delivery mode that its broker does not know', () => {
    const strange = { ...facts, contents: { properties: { deliveryMode: 7 } } };
    expect(resendable(strange)).toEqual({ ok: true });
    expect(resendable(strange, {}, { anyDeliveryMode: false })).toMatchObject({
      parts: [{ in: 'properties', name: 'deliveryMode', why: 'refused' }],
    });
  });

  it('has a CC that is put back and is no list of keys', () => {
    const copies = {
      ...facts,
      contents: { properties: {}, headers: [{ name: 'CC', type: 'int32' as const, value: 1 }] },
    };
    expect(resendable(copies, { restoreCc: true })).toMatchObject({ parts: [{ name: 'CC', why: 'refused' }] });
  });
});
