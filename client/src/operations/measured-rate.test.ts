import { describe, expect, it } from 'vitest';

import { addSample, measuredRate, type RateSample } from './measured-rate.ts';

const after = (...samples: [at: number, done: number][]) =>
  samples.reduce<RateSample[]>((known, [at, done]) => addSample(known, { at, done }), []);

describe('The pace of a running operation', () => {
  it('is what was done over the last seconds', () => {
    expect(measuredRate(after([0, 0], [500, 100], [1000, 200]))).toBe(200);
  });

  it('is not told from a single look, nor from two in the same moment', () => {
    expect(measuredRate(after([0, 10]))).toBeUndefined();
    expect(measuredRate(after([0, 0], [100, 400]))).toBeUndefined();
  });

  it('forgets what was long ago', () => {
    const samples = after([0, 0], [60_000, 0], [61_000, 100], [71_500, 1150]);
    expect(measuredRate(samples)).toBeCloseTo(100);
  });

  it('falls to nothing when nothing is done any more', () => {
    expect(measuredRate(after([0, 0], [1000, 500], [20_000, 500], [31_000, 500], [42_000, 500]))).toBe(0);
  });
});
