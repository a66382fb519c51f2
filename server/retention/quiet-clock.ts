/** A stretch of time in which nothing could have come back unseen; both ends in ms since 1970 by the database's clock. */
interface QuietSpan {
  from: number;
  to: number;
}

/** How long it was quiet, and when: the quiet periods of all messages that were resent to one queue are read from it. */
export interface QuietClock {
  /** Oldest first; they do not overlap. */
  spans: QuietSpan[];
  /** Whether it was quiet at the end of the last span, when somebody looked last. */
  running: boolean;
}

export const STOPPED_CLOCK: QuietClock = { spans: [], running: false };

/** More are not kept: without the oldest, messages settle later, never too early. */
const MOST_SPANS = 500;

/**
 * What is known after one more look. Only time between two looks that both found it quiet counts, and only when they
 * are at most `longestGapMs` apart: of a process that slept, or a clock that was set, nothing is known in between.
 */
export function afterLook(
  { spans, running }: QuietClock,
  look: { now: number; quiet: boolean; longestGapMs: number },
): QuietClock {
  const { now, quiet, longestGapMs } = look;
  // A clock that was set back: what is still to come was counted by another time.
  const past = spans.filter(({ to }) => to <= now);
  if (!quiet) return { spans: past, running: false };
  const last = past.at(-1);
  if (running && last !== undefined && past.length === spans.length && now - last.to <= longestGapMs) {
    return { spans: [...past.slice(0, -1), { from: last.from, to: now }], running: true };
  }
  return { spans: [...past, { from: now, to: now }].slice(-MOST_SPANS), running: true };
}

/**
 * The latest time such that whatever was resent by then has had `quietMs` of quiet since, in ms since 1970; null where
 * there is none yet.
 */
export function settledUpTo({ spans }: QuietClock, quietMs: number): number | null {
  let sum = 0;
  for (const { from, to } of [...spans].reverse()) {
    sum += to - from;
    if (sum >= quietMs) return from + (sum - quietMs);
  }
  return null;
}

/** Without the spans that `settledUpTo` can never need again. */
export function withoutOldSpans(clock: QuietClock, quietMs: number): QuietClock {
  const upTo = settledUpTo(clock, quietMs);
  return upTo === null ? clock : { ...clock, spans: clock.spans.filter(({ to }) => to > upTo) };
}
