import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Logger } from 'pino';
import { z } from 'zod';

import { countColumn, idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { INSTANCE_SILENT_SECONDS, readOthersAlive } from '../database/instance.ts';
import { inTransaction } from '../database/transaction.ts';
import { updateRows } from '../database/update-rows.ts';

import type { ContentCipher } from './content-cipher.ts';
import { contentCipherOf } from './content-cipher.ts';

/** The keys do not fit what is in the database, or other instances: waiting does not mend that. Says what to do. */
export class ContentKeysError extends Error {}

/** In `content_keys` the hash key lies under this id where nothing is encrypted any more. */
const NO_KEY = '';
const HASH_KEY_BYTES = 32;
/** The one row of `content_rotations`; whoever has locked it is alone with the keys. */
export const CONTENTS = 'contents';
const LOOK_AGAIN_MS = 500;

/** How long other instances that have no keys are waited for, in ms: those that died are known to be dead by then. */
const OTHERS_WITHIN_MS = (INSTANCE_SILENT_SECONDS + 5) * 1000;

/**
 * Makes the cipher of this handle ready to write: opens the hash key, making it the first time, and sees to it that
 * nobody writes contents or hashes without keys any more. To be called by every process before it writes contents, once
 * it is registered as an instance.
 *
 * Hashes of contents are compared over days and over keys, so their key is none of `CONTENT_KEYS`: it is made once, stays
 * the same through rotations, and lies in the database encrypted with each of the keys that contents are encrypted with.
 *
 * @returns the ids of the keys that contents may be encrypted with and that are not there.
 * @throws ContentKeysError.
 */
export async function openContentKeys(
  database: Database,
  instanceId: string,
  { othersWithinMs = OTHERS_WITHIN_MS }: { othersWithinMs?: number } = {},
): Promise<string[]> {
  const cipher = contentCipherOf(database);
  const { keyId } = cipher;
  if (keyId === null) {
    const stored = await readContentKeys(database);
    const plain = stored.find((key) => key.key_id === NO_KEY);
    if (plain !== undefined) cipher.useHashKey(plain.hash_key);
    else if (stored.length > 0) {
      throw new ContentKeysError(
        `Contents in this database are encrypted with ${listed(stored)}, and CONTENT_KEYS is not set. Set it as before; ` +
          'or, to store contents as they are again, run npm run rotate-contents -- --decrypt with the keys first.',
      );
    }
    return [];
  }
  // Before the look at the others: of two that start at once, one with keys and one without, one sees the other.
  await database('instances').where('id', instanceId).update({ content_key_id: keyId });
  const hashKey = await inTransaction(database, (transaction) => openHashKey(transaction, cipher, keyId));
  await waitForOthers(database, instanceId, othersWithinMs);
  cipher.useHashKey(hashKey);
  await inTransaction(database, (transaction) => keyHashesOfBefore(transaction, cipher));
  return (await readContentKeys(database)).map((key) => key.key_id).filter((id) => !cipher.has(id));
}

/** `openContentKeys`, with what it finds in the log. */
export async function openContentKeysOfOffice(database: Database, instanceId: string, logger: Logger): Promise<void> {
  const missing = await openContentKeys(database, instanceId);
  for (const keyId of missing) {
    logger.error(
      { keyId },
      `Contents may be encrypted with the key ${keyId}, which is not in CONTENT_KEYS: they cannot be read.`,
    );
  }
  const { keyId } = contentCipherOf(database);
  if (keyId !== null) logger.info({ keyId }, 'Contents are encrypted.');
}

const keyRow = z.object({ key_id: z.string(), hash_key: z.instanceof(Buffer) });
type KeyRow = z.infer<typeof keyRow>;

async function readContentKeys(database: Database | Transaction): Promise<KeyRow[]> {
  const rows: unknown[] = await database('content_keys').orderBy('key_id').select('key_id', 'hash_key');
  return z.array(keyRow).parse(rows);
}

/** Locks the row of `content_rotations`, making it the first time. */
export async function lockRotation(transaction: Transaction): Promise<void> {
  const first = { name: CONTENTS, after_id: 0, up_to_id: 0, unreadable: 0, hashed_after_id: 0 };
  await transaction('content_rotations').insert(first).onConflict('name').ignore();
  await transaction('content_rotations').where('name', CONTENTS).forUpdate().select('name');
}

async function openHashKey(transaction: Transaction, cipher: ContentCipher, keyId: string): Promise<Buffer> {
  await lockRotation(transaction);
  const stored = await readContentKeys(transaction);
  let hashKey: Buffer | null = stored.length === 0 ? randomBytes(HASH_KEY_BYTES) : null;
  for (const { key_id, hash_key } of stored) {
    if (key_id === NO_KEY) hashKey = hash_key;
    else if (cipher.has(key_id)) {
      const opened = cipher.unwrapHashKey(key_id, hash_key);
      if (opened === null) {
        throw new ContentKeysError(
          `The key ${key_id} in CONTENT_KEYS is not the one with which contents in this database are encrypted.`,
        );
      }
      hashKey = opened;
    }
  }
  if (hashKey === null) {
    throw new ContentKeysError(
      `Contents in this database are encrypted with ${listed(stored)}, and CONTENT_KEYS has none of these keys. Add one ` +
        'behind the first; or, where all of them are lost, run npm run rotate-contents -- --give-up-lost-keys.',
    );
  }
  if (!stored.some((key) => key.key_id === keyId)) {
    await transaction('content_keys').insert({
      key_id: keyId,
      hash_key: cipher.wrapHashKey(keyId, hashKey),
      first_used_at: transaction.raw('UTC_TIMESTAMP(3)'),
    });
  }
  await transaction('content_keys').where('key_id', NO_KEY).delete();
  return hashKey;
}

/** Nobody may write contents as they are, or hashes without the key: what was delivered twice would not be recognised. */
async function waitForOthers(database: Database, instanceId: string, withinMs: number): Promise<void> {
  const began = performance.now();
  for (;;) {
    const alive = await readOthersAlive(database, instanceId);
    const without: unknown[] = await database('instances')
      .whereIn('id', [...alive])
      .whereNull('content_key_id')
      .select('host', 'pid');
    if (without.length === 0) return;
    if (performance.now() - began > withinMs) {
      const names = z.array(z.object({ host: z.string(), pid: z.number() })).parse(without);
      throw new ContentKeysError(
        `CONTENT_KEYS is set here and not in other instances of the office that are running (` +
          `${names.map(({ host, pid }) => `${host}, process ${pid}`).join('; ')}). Stop them, and start them with the keys.`,
      );
    }
    await pause(LOOK_AGAIN_MS);
  }
}

const recentRow = z.object({ dead_queue_id: idColumn, content_hash: z.instanceof(Buffer), death_id: idColumn });
const unmarkedRow = z.object({
  queue_id: idColumn,
  likeness: z.instanceof(Buffer),
  message_id: idColumn,
  resend_number: countColumn,
});

/**
 * Once, when hashes are keyed for the first time: what is still compared by hashes gets keyed ones, as keyed hashes are
 * made of the plain ones. Deaths, of which hashes are only on record, get theirs from the rotation.
 */
async function keyHashesOfBefore(transaction: Transaction, cipher: ContentCipher): Promise<void> {
  await lockRotation(transaction);
  const open: unknown = await transaction('content_rotations')
    .where('name', CONTENTS)
    .whereNull('keyed_from_id')
    .first('name');
  if (open === undefined) return;
  const recent: unknown[] = await transaction('recent_arrivals').select('dead_queue_id', 'content_hash', 'death_id');
  await updateRows(
    transaction,
    { table: 'recent_arrivals', by: ['dead_queue_id', 'content_hash', 'death_id'], set: ['content_hash'] },
    z
      .array(recentRow)
      .parse(recent)
      .map((row) => [
        BigInt(row.dead_queue_id),
        row.content_hash,
        BigInt(row.death_id),
        cipher.keyedHash(row.content_hash),
      ]),
  );
  const unmarked: unknown[] = await transaction('unmarked_resends').select(
    'queue_id',
    'likeness',
    'message_id',
    'resend_number',
  );
  for (const { likeness, ...row } of z.array(unmarkedRow).parse(unmarked)) {
    await transaction('unmarked_resends')
      .where({ ...row, likeness })
      .update({ likeness: cipher.keyedHash(likeness) });
  }
  await transaction.raw(
    `UPDATE content_rotations SET hashed_after_id = 0, keyed_from_id =
       (SELECT COALESCE(MAX(next_id), 1) FROM id_sequences WHERE name = 'arrivals') WHERE name = ?`,
    [CONTENTS],
  );
}

/**
 * Nothing is encrypted any more: from now on the hash key lies there as it is, and no key is needed.
 *
 * @returns the ids of the keys.
 */
export async function putKeysAway(transaction: Transaction, cipher: ContentCipher): Promise<string[]> {
  await lockRotation(transaction);
  const stored = await readContentKeys(transaction);
  const [hashKey] = stored.flatMap(({ key_id, hash_key }) => cipher.unwrapHashKey(key_id, hash_key) ?? []);
  if (hashKey === undefined) return [];
  await transaction('content_keys').delete();
  await transaction('content_keys').insert({
    key_id: NO_KEY,
    hash_key: hashKey,
    first_used_at: transaction.raw('UTC_TIMESTAMP(3)'),
  });
  return stored.map((key) => key.key_id);
}

/** Everything is encrypted with this key alone. @returns the ids of the others, which are not needed any more. */
export async function keepOneKey(transaction: Transaction, keyId: string): Promise<string[]> {
  await lockRotation(transaction);
  const others = (await readContentKeys(transaction)).map((key) => key.key_id).filter((id) => id !== keyId);
  await transaction('content_keys').whereIn('key_id', others).delete();
  return others;
}

/**
 * For an installation that has lost every key that its contents are encrypted with: the next start makes a new hash key.
 * Those contents stay unreadable.
 *
 * @returns the ids of the lost keys.
 * @throws ContentKeysError where one of them is there.
 */
export async function giveUpLostKeys(database: Database): Promise<string[]> {
  const cipher = contentCipherOf(database);
  return await inTransaction(database, async (transaction) => {
    await lockRotation(transaction);
    const ids = (await readContentKeys(transaction)).map((key) => key.key_id).filter((id) => id !== NO_KEY);
    const known = ids.find((id) => cipher.has(id));
    if (known !== undefined) throw new ContentKeysError(`The key ${known} is in CONTENT_KEYS: nothing is given up.`);
    await transaction('content_keys').whereIn('key_id', ids).delete();
    return ids;
  });
}

function listed(keys: readonly KeyRow[]): string {
  const ids = keys.map((key) => key.key_id).filter((id) => id !== NO_KEY);
  return `${ids.length === 1 ? 'the key' : 'the keys'} ${ids.join(', ')}`;
}
