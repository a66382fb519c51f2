import { z } from 'zod';

import { countColumn } from '../database/columns.ts';
import { withinScope } from '../access/within-scope.ts';
import type { Database } from '../database/connect.ts';
import { resolveFilter } from '../messages/message-filter.ts';
import { countMessages } from '../messages/message-search.ts';
import type { Scope } from '../web/route.ts';
import { COUNT_CAP } from '../web/list-query.ts';

import { hoursLater } from './bucket-edges.ts';

const CAME_IN = 'arrived + came_back + restored';
const LEFT = 'resent + handled + deleted';

/** What happened in one hour, in all dead queues in scope. */
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
export async function readHourFlows(database: Database, since: Date, scope: Scope): Promise<HourFlow[]> {
  const within = withinScope('dead_queue_id', scope);
  const [rows] = (await database.raw(
    `SELECT hour, SUM(${CAME_IN}) AS came_in, SUM(${LEFT}) AS left_desk, SUM(came_back) AS came_back
     FROM failure_counts WHERE hour >= ? AND ${within.sql} GROUP BY hour`,
    [since, ...within.bindings],
  )) as [unknown[]];
  return z.array(hourRow).parse(rows);
}

/**
 * Messages that wait for a decision, counted as the list counts them: to 10 000 at the most, and of a scope with very many
 * dead queues as far as a bounded look came. `exact`: these are all.
 */
export async function countPending(database: Database, scope: Scope): Promise<{ counted: number; exact: boolean }> {
  const filter = await resolveFilter(database, { status: ['pending'] }, scope);
  const { counted, exact } = await countMessages(database, filter, '-failedAt');
  return { counted, exact: exact && counted < COUNT_CAP };
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
  readonly #scope: Scope;
  #summed: { before: Date; net: number } | null = null;

  constructor(database: Database, scope: Scope) {
    this.#database = database;
    this.#scope = scope;
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
    const within = withinScope('dead_queue_id', this.#scope);
    const [[row]] = (await this.#database.raw(
      `SELECT SUM(${CAME_IN}) - SUM(${LEFT}) AS net FROM failure_counts WHERE ${where} AND ${within.sql}`,
      [...bindings, ...within.bindings],
    )) as [[unknown]];
    return netRow.parse(row).net ?? 0;
  }
}
