import type { Transaction } from '../database/connect.ts';

/** What is counted per dead queue, fingerprint and hour. */
export type FailureCount = 'arrived' | 'resent' | 'came_back' | 'settled' | 'handled' | 'deleted' | 'restored';

/** One thing that happened to one message. */
export interface Counted {
  deadQueueId: string;
  fingerprintId: string;
}

/**
 * Counts what happened within this hour of the database's clock. Call it as the last statement of the transaction of
 * the change: these few rows are wanted by everybody, and are locked until it commits. They are written in key order,
 * so that two transactions never wait for each other in a circle.
 */
export async function addFailureCounts(
  transaction: Transaction,
  count: FailureCount,
  happened: readonly Counted[],
): Promise<void> {
  if (happened.length === 0) return;
  const sums = new Map<string, Counted & { number: number }>();
  for (const { deadQueueId, fingerprintId } of happened) {
    const key = `${deadQueueId}/${fingerprintId}`;
    const sum = sums.get(key) ?? { deadQueueId, fingerprintId, number: 0 };
    sum.number += 1;
    sums.set(key, sum);
  }
  const rows = [...sums.values()].sort(
    (a, b) => compareIds(a.deadQueueId, b.deadQueueId) || compareIds(a.fingerprintId, b.fingerprintId),
  );
  await transaction.raw(
    `INSERT INTO failure_counts (dead_queue_id, fingerprint_id, hour, ${count})
     VALUES ${rows.map(() => "(?, ?, DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:00:00'), ?)").join(', ')}
     ON DUPLICATE KEY UPDATE ${count} = ${count} + VALUES(${count})`,
    rows.flatMap(({ deadQueueId, fingerprintId, number }) => [deadQueueId, fingerprintId, number]),
  );
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
