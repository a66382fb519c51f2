import { describe, expect, it } from 'vitest';

import {
  afterLook,
  settledUpTo,
  STOPPED_CLOCK,
  withoutOldSpans,
  type QuietClock,
} from '../../../server/retention/quiet-clock.ts';

const QUIET = 100;

/** Looks at these times; `!` where it was not quiet. */
function looks(...times: (number | `${number}!`)[]): QuietClock {
  return times.reduce<QuietClock>((clock, time) => {
    const quiet = typeof time === 'number';
    return afterLook(clock, { now: quiet ? time : Number.parseInt(time), quiet, longestGapMs: 50 });
  }, STOPPED_CLOCK);
}
const settled = (clock: QuietClock) => settledUpTo(clock, QUIET);

describe('the quiet period', () => {
  it('is over for what was resent so long ago, and for nothing else', () => {
    expect(settled(looks(0, 40, 80))).toBeNull();
    expect(settled(looks(0, 40, 80, 100))).toBe(0);
    expect(settled(looks(0, 40, 80, 120, 130))).toBe(30);
  });

  it('stands still while something waits, and goes on afterwards', () => {
    const clock = looks(0, 40, '60!', 80, 100, 140);
    // 0 to 40 and 80 to 140.
    expect(settled(clock)).toBe(0);
    expect(settled(looks(0, 40, '60!', 80, 100, 130))).toBeNull();
    // One that was resent while it stood still.
    expect(settled(looks(0, 40, '60!', 80, 120, 160, 185))).toBe(85);
  });

  it('does not count what nobody has seen: a process that slept, a gap between two instances', () => {
    expect(settled(looks(0, 40, 140, 180))).toBeNull();
    expect(settled(looks(0, 40, 140, 180, 200))).toBe(0);
  });

  it('does not count what another time counted: a clock that was set', () => {
    const before = looks(3_600_000, 3_600_050, 3_600_100);
    expect(settled(before)).toBe(3_600_000);
    const set = afterLook(before, { now: 10, quiet: true, longestGapMs: 50 });
    expect(settled(set)).toBeNull();
    const forward = afterLook(looks(0, 40, 80), { now: 3_600_000, quiet: true, longestGapMs: 50 });
    expect(settled(forward)).toBeNull();
  });

  it('needs two looks', () => {
    expect(settledUpTo(looks(5), 1)).toBeNull();
    expect(settledUpTo(looks(5, '6!', 7), 1)).toBeNull();
  });

  it('keeps no more than it needs', () => {
    const clock = looks(0, 40, '41!', 50, 90, '91!', 100, 140, '141!', 150, 190);
    expect(withoutOldSpans(clock, QUIET).spans.map(({ from }) => from)).toEqual([50, 100, 150]);
    expect(settled(withoutOldSpans(clock, QUIET))).toBe(settled(clock));
    const restless = looks(
      ...Array.from({ length: 2_000 }, (_, index) => (index % 2 ? (`${index}!` as const) : index)),
    );
    expect(restless.spans.length).toBeLessThanOrEqual(500);
  });
});
