import { describe, expect, it } from 'vitest';

import { fakeMessage } from '../testing/fake-messages.ts';
import { destinations, plan } from './action-rules.ts';

const ids = (messages: readonly { id: string }[]) => messages.map(({ id }) => id);
const pending = fakeMessage(0, { id: '1' });
const resent = fakeMessage(0, { id: '2', status: 'resent' });
const unknown = fakeMessage(0, { id: '3', status: 'unknown' });
const deleted = fakeMessage(0, { id: '4', status: 'deleted' });
const handled = fakeMessage(0, { id: '5', status: 'handled' });
const twin = fakeMessage(0, { id: '6', possibleDuplicateOf: '1' });
const lost = fakeMessage(0, { id: '7', exchange: null, routingKey: null, routingKeys: [] });
const all = [pending, resent, unknown, deleted, handled, twin, lost];

describe('A resend', () => {
  it('takes what fits, and says of the rest why it is left out', () => {
    const divided = plan('resend', all, 'original', false);
    expect(ids(divided.goes)).toEqual(['1', '2', '3']);
    expect(ids(divided.wrongStatus)).toEqual(['4', '5']);
    expect(ids(divided.possibleDuplicates)).toEqual(['6']);
    expect(ids(divided.nowhereToGo)).toEqual(['7']);
  });

  it('points out what was sent before, and what may have arrived', () => {
    const divided = plan('resend', all, 'original', false);
    expect(ids(divided.sentBefore)).toEqual(['2']);
    expect(ids(divided.maybeArrived)).toEqual(['3']);
  });

  it('takes possible duplicates only when told to, or when it is for that message alone', () => {
    expect(ids(plan('resend', [pending, twin], 'original', true).goes)).toEqual(['1', '6']);
    expect(ids(plan('resend', [twin], 'original', false).goes)).toEqual(['6']);
  });

  it('can send what has no origin to its queue or elsewhere', () => {
    expect(ids(plan('resend', [lost], 'queue', false).goes)).toEqual(['7']);
    expect(ids(plan('resend', [{ ...lost, queue: null }], 'queue', false).goes)).toEqual([]);
    expect(ids(plan('resend', [{ ...lost, queue: null }], 'custom', false).goes)).toEqual(['7']);
  });
});

describe('The other acts', () => {
  it('take only the states that they can leave', () => {
    expect(ids(plan('delete', all, 'original', false).goes)).toEqual(['1', '3', '6', '7']);
    expect(ids(plan('handle', all, 'original', false).goes)).toEqual(['1', '3', '6', '7']);
    expect(ids(plan('restore', all, 'original', false).goes)).toEqual(['4', '5']);
    expect(ids(plan('markResent', all, 'original', false).goes)).toEqual(['3']);
  });
});

describe('The destinations of a resend', () => {
  it('are grouped by exchange and routing key, the most messages first; copies by CC do not count', () => {
    const notice = fakeMessage(1);
    const copied = fakeMessage(0, { routingKeys: ['order.cancel', 'audit.log'] });
    expect(destinations([notice, pending, twin, copied], { kind: 'original' })).toEqual([
      { exchange: 'orders', routingKey: 'order.cancel', count: 3 },
      { exchange: 'notice', routingKey: 'notice.send', count: 1 },
    ]);
  });

  it('are one place for "elsewhere", and the queues for "only to its queue"', () => {
    expect(destinations([pending, twin], { kind: 'custom', exchange: '', routingKey: 'tools' })).toEqual([
      { exchange: '', routingKey: 'tools', count: 2 },
    ]);
    expect(destinations([pending], { kind: 'queue' })).toEqual([
      { exchange: '', routingKey: 'orders.cancel', count: 1 },
    ]);
  });
});
