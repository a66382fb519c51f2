import type { FailureSeries, FailuresOverTime } from '../../../server/contract/schemas/statistics.ts';

/** The list of failed messages with these filters. */
export function messagesAt(filters: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(filters).toString();
  return search === '' ? '/messages' : `/messages?${search}`;
}

/**
 * The messages behind a bar, or behind a whole series: of its queue or group, that failed within the time, whatever
 * became of them. `others` and an unknown queue are no filter: they lead to the time alone.
 */
export function messagesOf(series: FailureSeries, { from, to }: { from: string; to: string }): string {
  return messagesAt({
    status: 'all',
    ...(series.kind === 'queue' ? { queue: series.queue } : {}),
    ...(series.kind === 'group' ? { groupId: series.group.id } : {}),
    failedAfter: from,
    failedBefore: to,
  });
}

/** The time that all buckets cover. */
export function wholeRange({ buckets }: Pick<FailuresOverTime, 'buckets'>): { from: string; to: string } {
  return { from: buckets[0]?.from ?? '', to: buckets.at(-1)?.to ?? '' };
}
