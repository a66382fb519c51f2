import { createHash } from 'node:crypto';

import { ipKeyGenerator } from 'express-rate-limit';
import { z } from 'zod';

import { countColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { AppError } from '../web/app-error.ts';

import { countedOn, delayAfter, OF_ADDRESS, OF_USERNAME, type DelayRule } from './sign-in-delays.ts';

/** Who tries to sign in, and from where. */
export interface SignInTry {
  username: string;
  address: string;
  /** What the browser was given at its last sign-in; null for a stranger. */
  deviceToken: string | null;
}

/**
 * A try whose password may be looked at. It is counted as a failure until it has succeeded, so that a thousand tries at a
 * time are no more than one after the other.
 */
export interface CountedTry {
  /** Of this username from this place, this one included. */
  failures: number;
  /** Call it in the transaction of the sign-in. `newDeviceToken` is what the browser is given. */
  succeeded: (transaction: Transaction, newDeviceToken: string) => Promise<void>;
  /** The password was right, and it was no sign-in: a code was asked for, or it was asked for again. */
  wasRight: (transaction: Transaction) => Promise<void>;
}

/** A place from which somebody signed in is known to be theirs for so long. */
const KNOWN_DAYS = 400;
/** Places that one user has. */
const MOST_PLACES = 50;
/** Failures that are kept, all in all: over that the oldest are forgotten. */
const MOST_FAILING = 100_000;
const CLEARED_AT_ONCE = 1_000;
/** One try in so many looks whether there is something to clear. */
const CLEARS_ONE_IN = 50;

/** In place of a username: all of them. In place of a place: all from which the user has not signed in yet. */
const ANY = Buffer.alloc(32);

/**
 * Slows down who guesses, and nobody else: failures are counted by username and place, in the database, for all instances
 * and through restarts. A browser or an address from which the user has signed in before has a counter of its own, so
 * that guesses from elsewhere do not reach it; all places that the user never signed in from share one. Beside it all tries
 * from one address are counted, whatever the username, except those of a browser that is known. (OWASP: device cookies.)
 *
 * The same is asked and written for usernames that nobody has.
 *
 * @throws AppError `request.tooMany` while one of the counters has to wait: the password is not looked at then.
 */
export async function countTry(database: Database, given: SignInTry): Promise<CountedTry> {
  const username = hash('username', given.username);
  const address = hash('address', ipKeyGenerator(given.address));
  const device = given.deviceToken === null ? null : hash('device', given.deviceToken);
  const places = await readPlaces(database, [
    [ANY, address],
    [username, ANY],
    [username, address],
    ...(device === null ? [] : [[username, device] as const]),
  ]);
  const isKnown = (one: Buffer) =>
    places.some(({ name, place, known }) => known && name.equals(username) && place.equals(one));
  const isKnownDevice = device !== null && isKnown(device);
  const place = isKnownDevice ? device : isKnown(address) ? address : ANY;
  // In the order of their keys, so that no two wait for each other.
  const counters: Counter[] = [
    ...(isKnownDevice ? [] : [{ username: ANY, place: address, rule: OF_ADDRESS }]),
    { username, place, rule: OF_USERNAME },
  ];
  // Most of a flood ends here, at the price of one look.
  mustNotWait(
    counters.map(
      (counter) => places.find((one) => one.name.equals(counter.username) && one.place.equals(counter.place))?.waitMs,
    ),
  );
  const failures = await inTransaction(database, (transaction) => countOn(transaction, counters));
  if (Math.random() < 1 / CLEARS_ONE_IN) await clear(database);
  return {
    failures,
    wasRight: (transaction) => takeBack(transaction, counters),
    succeeded: async (transaction, newDeviceToken) => {
      await takeBack(transaction, counters);
      if (device !== null)
        await transaction('sign_in_places')
          .where('place', device)
          .update({ place: hash('device', newDeviceToken) });
      await know(transaction, username, [address, hash('device', newDeviceToken)]);
    },
  };
}

/** Until when a user's password is not looked at from somewhere, for those of these usernames where that is so. */
export async function lockedUntil(
  database: Database | Transaction,
  usernames: readonly string[],
): Promise<Map<string, string>> {
  const names = new Map(usernames.map((name) => [hash('username', name).toString('hex'), name]));
  const rows = z.array(lockRow).parse(
    await database('sign_in_places')
      .whereIn(
        'username_hash',
        [...names.keys()].map((hex) => Buffer.from(hex, 'hex')),
      )
      .where('blocked_until', '>', database.raw('UTC_TIMESTAMP(3)'))
      .groupBy('username_hash')
      .select('username_hash')
      .max('blocked_until AS until'),
  );
  return new Map(
    rows.map(({ username_hash: hashed, until }) => [names.get(hashed.toString('hex')) ?? '', until.toISOString()]),
  );
}

/** Forgets what failed for a username, everywhere. */
export async function forgetFailures(transaction: Transaction, username: string): Promise<void> {
  await transaction('sign_in_places')
    .where('username_hash', hash('username', username))
    .update({ failures: 0, blocked_until: null });
}

/** How many sign-ins failed within the clock hour, over all instances, this one included. */
export async function countRefusal(transaction: Transaction): Promise<number> {
  const place = hash('refusals', new Date().toISOString().slice(0, 13));
  await transaction.raw(
    `INSERT INTO sign_in_places (username_hash, place, failures, failed_at) VALUES (?, ?, 1, UTC_TIMESTAMP(3))
     ON DUPLICATE KEY UPDATE failures = failures + 1, failed_at = UTC_TIMESTAMP(3)`,
    [ANY, place],
  );
  const row: unknown = await transaction('sign_in_places').where({ username_hash: ANY, place }).first('failures');
  return z.object({ failures: countColumn }).parse(row).failures;
}

interface Counter {
  username: Buffer;
  place: Buffer;
  rule: DelayRule;
}

const lockRow = z.object({ username_hash: z.instanceof(Buffer), until: z.date() });
const counterRow = z.object({ failures: countColumn, since_ms: countColumn, wait_ms: countColumn.nullable() });

const placeRow = z
  .object({
    username_hash: z.instanceof(Buffer),
    place: z.instanceof(Buffer),
    known: countColumn,
    wait_ms: countColumn.nullable(),
  })
  .transform((row) => ({
    name: row.username_hash,
    place: row.place,
    known: row.known === 1,
    waitMs: row.wait_ms ?? 0,
  }));

async function readPlaces(database: Database, keys: readonly (readonly [Buffer, Buffer])[]) {
  const [rows] = (await database.raw(
    `SELECT username_hash, place,
       COALESCE(signed_in_at > UTC_TIMESTAMP(3) - INTERVAL ${KNOWN_DAYS} DAY, 0) AS known,
       TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), blocked_until) DIV 1000 AS wait_ms
     FROM sign_in_places
     WHERE ${keys.map(() => '(username_hash = ? AND place = ?)').join(' OR ')}`,
    keys.flat(),
  )) as [unknown[]];
  return z.array(placeRow).parse(rows);
}

/** @returns the failures of the last counter. */
async function countOn(transaction: Transaction, counters: readonly Counter[]): Promise<number> {
  const waits: (number | null)[] = [];
  let failures = 0;
  for (const { username, place, rule } of counters) {
    // Makes the row where there is none, and holds it until the end of the transaction.
    await transaction.raw(
      `INSERT INTO sign_in_places (username_hash, place, failed_at) VALUES (?, ?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE failures = failures`,
      [username, place],
    );
    const [[read]] = (await transaction.raw(
      `SELECT failures, TIMESTAMPDIFF(MICROSECOND, failed_at, UTC_TIMESTAMP(3)) DIV 1000 AS since_ms,
         TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), blocked_until) DIV 1000 AS wait_ms
       FROM sign_in_places WHERE username_hash = ? AND place = ?`,
      [username, place],
    )) as [unknown[]];
    const counter = counterRow.parse(read);
    waits.push(counter.wait_ms);
    failures = countedOn(counter.failures, counter.since_ms, rule);
    await transaction.raw(
      `UPDATE sign_in_places
       SET failures = ?, failed_at = UTC_TIMESTAMP(3), blocked_until = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND
       WHERE username_hash = ? AND place = ?`,
      [failures, delayAfter(failures, rule) * 1000, username, place],
    );
  }
  // What waits is not counted: the transaction is rolled back.
  mustNotWait(waits);
  return failures;
}

/** @throws AppError `request.tooMany` with the longest of these waits, in ms. */
function mustNotWait(waits: readonly (number | null | undefined)[]): void {
  const longestMs = Math.max(...waits.map((wait) => wait ?? 0));
  if (longestMs <= 0) return;
  const seconds = Math.ceil(longestMs / 1000);
  throw new AppError('request.tooMany', { retryAfterSeconds: seconds, params: { seconds } });
}

/** An own success says nothing of the other tries from that address, but all of those of the username. */
async function takeBack(transaction: Transaction, counters: readonly Counter[]): Promise<void> {
  for (const { username, place } of counters) {
    await transaction('sign_in_places')
      .where({ username_hash: username, place })
      .update({
        failures: username === ANY ? transaction.raw('GREATEST(failures, 1) - 1') : 0,
        blocked_until: null,
      });
  }
}

async function know(transaction: Transaction, username: Buffer, places: readonly Buffer[]): Promise<void> {
  for (const place of places) {
    await transaction.raw(
      `INSERT INTO sign_in_places (username_hash, place, failed_at, signed_in_at)
       VALUES (?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE signed_in_at = UTC_TIMESTAMP(3)`,
      [username, place],
    );
  }
  const old: unknown = await transaction('sign_in_places')
    .where('username_hash', username)
    .whereNotNull('signed_in_at')
    .orderBy('signed_in_at', 'desc')
    .offset(MOST_PLACES)
    .limit(CLEARED_AT_ONCE)
    .pluck('place');
  const tooOld = z.array(z.instanceof(Buffer)).parse(old);
  if (tooOld.length === 0) return;
  await transaction('sign_in_places').where('username_hash', username).whereIn('place', tooOld).delete();
}

/** Failures are forgotten after two days, places after their time, and before that where there are too many. */
async function clear(database: Database): Promise<void> {
  const old = (query: string) => database.raw(`DELETE FROM sign_in_places WHERE ${query} LIMIT ${CLEARED_AT_ONCE}`);
  await old('signed_in_at IS NULL AND failed_at < UTC_TIMESTAMP(3) - INTERVAL 2 DAY');
  await old(`signed_in_at < UTC_TIMESTAMP(3) - INTERVAL ${KNOWN_DAYS} DAY`);
  const beyond: unknown = await database('sign_in_places')
    .whereNull('signed_in_at')
    .orderBy('failed_at')
    .offset(MOST_FAILING)
    .limit(1)
    .pluck('failures');
  if (Array.isArray(beyond) && beyond.length > 0) await old('signed_in_at IS NULL ORDER BY failed_at');
}

function hash(kind: 'username' | 'address' | 'device' | 'refusals', text: string): Buffer {
  return createHash('sha256').update(`${kind}:${text}`).digest();
}
