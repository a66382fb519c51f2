import type { Database } from './connect.ts';

/**
 * For what one instance at a time does for all of them. A lease has a name and ends by the database's clock; one that
 * is further ahead than any can be (a clock was set back) counts as run out.
 *
 * It keeps instances from doing the same work, no more: a process that slept may go on after its lease. What it writes
 * says in its conditions what it expects.
 *
 * @returns whether this instance holds it now, for so many ms from now on.
 */
export async function holdLease(
  database: Database,
  lease: { name: string; instanceId: string; ms: number },
): Promise<boolean> {
  const { name, instanceId, ms } = lease;
  const now = 'UTC_TIMESTAMP(3)';
  const until = database.raw(`${now} + INTERVAL ? MICROSECOND`, [ms * 1000]);
  const held = await database('leases')
    .where({ name })
    .where((any) => {
      void any
        .where('instance_id', instanceId)
        .orWhereRaw(`held_until <= ${now}`)
        .orWhereRaw(`held_until > ${now} + INTERVAL ? MICROSECOND`, [2 * ms * 1000]);
    })
    .update({ instance_id: instanceId, held_until: until });
  if (held > 0) return true;
  // Nobody ever held it; of two that insert it at once, one finds the other's row.
  const [inserted] = (await database.raw(
    `INSERT IGNORE INTO leases (name, instance_id, held_until) VALUES (?, ?, ${now} + INTERVAL ? MICROSECOND)`,
    [name, instanceId, ms * 1000],
  )) as [{ affectedRows: number }];
  return inserted.affectedRows === 1;
}

/** Gives it back: another instance goes on at once. */
export async function giveBackLease(database: Database, name: string, instanceId: string): Promise<void> {
  await database('leases').where({ name, instance_id: instanceId }).delete();
}
