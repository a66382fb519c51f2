/** How many items were done at a moment. */
export interface RateSample {
  /** Milliseconds. */
  at: number;
  done: number;
}

/** The pace is that of the last seconds: an operation that was paused for an hour has not become slow. */
const WINDOW_MS = 10_000;
/** Shorter than that, what came in one piece would look like a pace. */
const LEAST_MS = 900;

/** Adds what is known now and forgets what is too old; the last one before the window stays, as its beginning. */
export function addSample(samples: readonly RateSample[], sample: RateSample): RateSample[] {
  const last = samples.at(-1);
  if (last !== undefined && (sample.at <= last.at || sample.done < last.done)) return [sample];
  const all = [...samples, sample];
  const firstInside = all.findIndex(({ at }) => at >= sample.at - WINDOW_MS);
  return all.slice(Math.max(0, firstInside - 1));
}

/** Items a second over the samples; undefined while there are too few of them to tell. */
export function measuredRate(samples: readonly RateSample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < LEAST_MS) return undefined;
  return ((last.done - first.done) * 1000) / (last.at - first.at);
}
