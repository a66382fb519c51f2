import { describe, expect, it } from 'vitest';

import type { Death, TimelineEntry } from '../../../server/contract/schemas/messages.ts';
import { fakeDetail, fakeMessage } from '../testing/fake-messages.ts';
import { wayLegs } from './way-steps.ts';

const [first, second, third] = fakeDetail(fakeMessage(2)).deaths as [Death, Death, Death];
const at = (minute: number) => `2026-11-22T03:${String(minute).padStart(2, '0')}:00.000Z`;
const died = (minute: number, over: Partial<Death> = {}): Death => ({ ...first, arrivedAt: at(minute), ...over });

type Operation = Extract<TimelineEntry, { kind: 'operation' }>;
const act = (minute: number, operationId: string, over: Partial<Operation> = {}): Operation => ({
  kind: 'operation',
  at: at(minute),
  messageId: '1',
  actor: 'operator-2',
  operationId,
  requestedAt: at(minute),
  action: 'resend',
  outcome: 'confirmed',
  exchange: 'orders',
  routingKey: 'refund.requested',
  reason: null,
  error: null,
  editId: null,
  ...over,
});

describe('The way of a message', () => {
  it('is one leg with a count for the same way again and again, and a new leg for another', () => {
    const elsewhere = { ...third, queue: 'other' };
    expect(wayLegs([first, second, elsewhere])).toMatchObject([
      { queue: 'refunds.process', arrivedAt: [first.arrivedAt, second.arrivedAt], acts: [] },
      { queue: 'other', arrivedAt: [elsewhere.arrivedAt] },
    ]);
  });

  it('tells of a dead queue and an operation that are not seen no more than that they were', () => {
    const unseen = died(1, { deadQueue: null, queue: null, exchange: null, routingKeys: [] });
    const back = died(5, { recognisedBy: 'mark' });
    const entries = [{ ...act(3, '42'), operationId: null, exchange: null, routingKey: null }];
    expect(wayLegs([unseen, back], entries)).toMatchObject([
      { deadQueue: null, queue: null, acts: [{ operationId: null, cameBackAt: back.arrivedAt }] },
      { deadQueue: back.deadQueue, acts: [] },
    ]);
  });

  it('has each resend between the deaths, with when it came back', () => {
    const deaths = [died(1), died(5, { operationId: '42' }), died(9, { operationId: '43', queue: 'other' })];
    const entries: TimelineEntry[] = [act(3, '42'), act(7, '43', { actor: 'kim' }), act(11, '44')];
    expect(wayLegs(deaths, entries)).toMatchObject([
      {
        arrivedAt: [at(1), at(5)],
        acts: [
          { operationId: '42', cameBackAt: at(5), entry: { actor: 'operator-2', at: at(3) } },
          { operationId: '43', cameBackAt: at(9), entry: { actor: 'kim' } },
        ],
      },
      { queue: 'other', acts: [{ operationId: '44', cameBackAt: undefined, settledAt: undefined }] },
    ]);
  });

  it('says of a resend that it settled, and of two by one operation that only one came back', () => {
    const settled: TimelineEntry = { kind: 'settled', at: at(20), messageId: '1', operationId: '42' };
    expect(wayLegs([died(1)], [act(3, '42'), settled])[0]?.acts).toMatchObject([{ settledAt: at(20) }]);
    const twice = wayLegs([died(1), died(5, { operationId: '42' })], [act(3, '42'), act(4, '42')]);
    expect(twice[0]?.acts.map(({ cameBackAt }) => cameBackAt)).toEqual([at(5), undefined]);
  });

  it('takes the resend for the first of two things of the same millisecond', () => {
    const legs = wayLegs([died(1), died(3, { operationId: '42' })], [act(3, '42')]);
    expect(legs).toMatchObject([{ arrivedAt: [at(1), at(3)], acts: [{ operationId: '42', cameBackAt: at(3) }] }]);
  });

  it('knows from the deaths alone that it came back, until its history is there', () => {
    expect(wayLegs([died(1), died(5, { operationId: '42' })])[0]?.acts).toEqual([
      { operationId: '42', entry: undefined, cameBackAt: at(5), settledAt: undefined },
    ]);
  });
});
