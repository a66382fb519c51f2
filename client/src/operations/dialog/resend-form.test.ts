import { describe, expect, it } from 'vitest';

import { asChoices, sentFirst, USUAL_RESEND, wrongFields } from './resend-form.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

describe('The choices of a resend', () => {
  it('say nothing for a few messages', () => {
    expect(asChoices(USUAL_RESEND, 5, 'original')).toEqual({});
  });

  it('send a few of many first, and ask, unless somebody decides otherwise', () => {
    expect(asChoices(USUAL_RESEND, 12_104, 'original')).toEqual({
      canary: { first: 10, waitSeconds: 120, then: 'ask' },
    });
    expect(asChoices({ ...USUAL_RESEND, sendsFewFirst: false }, 12_104, 'original')).toEqual({});
    expect(asChoices({ ...USUAL_RESEND, sendsFewFirst: true }, 11, 'original').canary?.first).toBe(10);
  });

  it('have no first few where no rest would wait', () => {
    expect(asChoices({ ...USUAL_RESEND, sendsFewFirst: true }, 10, 'original')).toEqual({});
    expect(asChoices({ ...USUAL_RESEND, limit: '10', sendsFewFirst: true }, 5000, 'original')).toEqual({ limit: 10 });
  });

  it('are what was typed, in the units of the office', () => {
    const form = {
      ...USUAL_RESEND,
      ...{ limit: '500', first: '20', waitMinutes: '5', then: 'continue' as const, rate: '200', stopWhenCameBack: '0' },
      ...{ startAt: '2026-11-25T03:00', restoreCc: true, restoreExpiration: true },
    };
    expect(asChoices(form, 1000, 'custom')).toEqual({
      ...{ limit: 500, canary: { first: 20, waitSeconds: 300, then: 'continue' }, ratePerSecond: 200 },
      ...{ stopWhenCameBack: 0, startAt: new Date('2026-11-25T03:00').toISOString() },
      ...{ restoreCc: true, restoreExpiration: true },
    });
    expect(asChoices(form, 1000, 'queue')).not.toHaveProperty('restoreCc');
  });

  it('know what is wrong, and do not look at what has no say', () => {
    const wrong = {
      ...USUAL_RESEND,
      limit: '0',
      first: 'x',
      waitMinutes: '-1',
      rate: '1.5',
      startAt: '2020-01-01T00:00',
    };
    expect([...wrongFields(wrong, 5, NOW)]).toEqual(['limit', 'rate', 'startAt']);
    expect([...wrongFields(wrong, 500, NOW)]).toEqual(['limit', 'first', 'waitMinutes', 'rate', 'startAt']);
    expect([...wrongFields(USUAL_RESEND, 500, NOW)]).toEqual([]);
  });

  it('count what goes at once, and what goes in all', () => {
    expect(sentFirst(USUAL_RESEND, 5)).toEqual({ total: 5, first: undefined });
    expect(sentFirst(USUAL_RESEND, 5000)).toEqual({ total: 5000, first: 10 });
    expect(sentFirst({ ...USUAL_RESEND, limit: '50' }, 5000)).toEqual({ total: 50, first: 10 });
  });
});
