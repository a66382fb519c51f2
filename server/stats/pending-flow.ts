import { z } from 'zod';

import { countColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { COUNT_CAP } from '../web/list-query.ts';

import { hoursLater } from './bucket-edges.ts';

const CAME_IN = 'arrived + came_back + restored';
const LEFT = 'resent + handled + deleted';

/** What happened in one hour, in all dead queues. */
export interface HourFlow {
  hour: Date;
  cameIn: number;
  left: number;
  cameBack: number;
}

const hourRow = z
  .object({ hour: z.date(), came_in: countColumn, left_desk: countColumn, came_back: countColumn })
  .transform(({ hour, came_in, left_desk, came_back }): HourFlow => ({
    hour,
    cameIn: came_in,
    left: left_desk,
    cameBack: came_back,
  }));

/** The hours from this one on in which anything happened. */
export async function readHourFlows(database: Database, since: Date): Promise<HourFlow[]> {
  const [rows] = (await database.raw(
    `SELECT hour, SUM(${CAME_IN}) AS came_in, SUM(${LEFT}) AS left_desk, SUM(came_back) AS came_back
     FROM failure_counts WHERE hour >= ? GROUP BY hour`,
    [since],
  )) as [unknown[]];
  return z.array(hourRow).parse(rows);
}

/** Messages that wait for a decision: a read of one index range that stops at 10 001, as the list's own count does. */
export async function countPending(database: Database): Promise<number> {
  const some = database('failed_messages')
    .where('status', 'pending')
    .select(database.raw('1'))
    .limit(COUNT_CAP)
    .as('some');
  return z.object({ counted: countColumn }).parse(await database.from(some).count('* AS counted').first()).counted;
}

const netRow = z.object({ net: countColumn.nullable() });

/**
 * About how many wait for a decision, where they are too many to be counted: all that ever came in less all that ever
 * left. It is off by what is `unknown`, and by what was resent again after it had left.
 *
 * Counts are only ever added to the hour that runs. Hours that are over are summed once a process.
 */
export class PendingEstimate {
  readonly #database: Database;
  #summed: { before: Date; net: number } | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param thisHour the hour that runs. */
  async read(thisHour: Date): Promise<number> {
    const known = this.#summed;
    // A transaction that began in the last hour may still be under way: the hour before this one is not over yet.
    const over = hoursLater(thisHour, -1);
    const net =
      known === null
        ? await this.#net('hour < ?', [over])
        : known.net + (await this.#net('hour >= ? AND hour < ?', [known.before, over]));
    this.#summed = { before: over, net };
    return net + (await this.#net('hour >= ?', [over]));
  }

  async #net(where: string, bindings: Date[]): Promise<number> {
    const [[row]] = (await this.#database.raw(
      `SELECT SUM(${CAME_IN}) - SUM(${LEFT}) AS net FROM failure_counts WHERE ${where}`,
      bindings,
    )) as [[unknown]];
    return netRow.parse(row).net ?? 0;
  }
}
