import { z } from 'zod';

import type { NewSavedView, SavedView, SavedViewChange } from '../contract/schemas/saved-views.ts';
import { countColumn, idColumn, timeColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { isDuplicateKey } from '../database/faults.ts';

/** Views that one user has, and shared ones that everybody is shown. */
export const MOST_VIEWS = 200;

const row = z.object({
  id: idColumn,
  owner_id: idColumn,
  owner: z.string().nullable(),
  name: z.string(),
  address: z.string(),
  shared: countColumn,
  version: countColumn,
  updated_at: timeColumn,
});

/** The views of a user and those shared by others, by name. */
export async function listSavedViews(database: Database, userId: string): Promise<SavedView[]> {
  const [own, shared] = await Promise.all([
    select(database).where('view.owner_id', userId).orderBy('view.id').limit(MOST_VIEWS),
    select(database).where('view.shared', 1).whereNot('view.owner_id', userId).orderBy('view.id').limit(MOST_VIEWS),
  ]);
  return [...asViews(own, userId), ...asViews(shared, userId)].sort((a, b) => a.name.localeCompare(b.name));
}

/** Null where there is none, or it is somebody else's own. */
export async function readSavedView(
  database: Database | Transaction,
  id: string,
  userId: string,
): Promise<SavedView | null> {
  const [view] = asViews(await select(database).where('view.id', id), userId);
  return view !== undefined && (view.isMine || view.isShared) ? view : null;
}

export async function countSavedViews(database: Database | Transaction, userId: string): Promise<number> {
  const counted: unknown = await database('saved_views').where('owner_id', userId).count('* AS counted').first();
  return z.object({ counted: countColumn }).parse(counted).counted;
}

/** @returns its id, or null where the user has a view of this name. */
export async function insertSavedView(
  transaction: Transaction,
  { name, address, isShared }: NewSavedView,
  userId: string,
): Promise<string | null> {
  const now = transaction.raw('UTC_TIMESTAMP(3)');
  try {
    const inserted: unknown = await transaction('saved_views').insert({
      owner_id: userId,
      name,
      address,
      shared: isShared ? 1 : 0,
      version: 1,
      created_at: now,
      updated_at: now,
    });
    return z.tuple([idColumn]).parse(inserted)[0];
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** @returns whether it was as seen and is changed now; `duplicate` where its owner has another of this name. */
export async function updateSavedView(
  transaction: Transaction,
  id: string,
  { version, isShared, ...change }: SavedViewChange,
): Promise<'changed' | 'stale' | 'duplicate'> {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  try {
    const changed = await transaction('saved_views')
      .where({ id, version })
      .update({
        ...given,
        ...(isShared === undefined ? {} : { shared: isShared ? 1 : 0 }),
        version: version + 1,
        updated_at: transaction.raw('UTC_TIMESTAMP(3)'),
      });
    return changed === 0 ? 'stale' : 'changed';
  } catch (error) {
    if (isDuplicateKey(error)) return 'duplicate';
    throw error;
  }
}

export async function deleteSavedView(transaction: Transaction, id: string): Promise<void> {
  await transaction('saved_views').where({ id }).delete();
}

function select(database: Database | Transaction) {
  return database('saved_views AS view')
    .leftJoin('users AS owner', 'owner.id', 'view.owner_id')
    .select(
      'view.id',
      'view.owner_id',
      'owner.username AS owner',
      'view.name',
      'view.address',
      'view.shared',
      'view.version',
      'view.updated_at',
    );
}

function asViews(rows: unknown, userId: string): SavedView[] {
  return z
    .array(row)
    .parse(rows)
    .map((given) => ({
      id: given.id,
      name: given.name,
      address: given.address,
      isShared: given.shared === 1,
      owner: given.owner ?? '',
      isMine: given.owner_id === userId,
      version: given.version,
      updatedAt: given.updated_at,
    }));
}
