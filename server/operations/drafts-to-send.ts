import type { ItemError } from '../contract/errors.ts';
import type { PreviewedOperation } from '../contract/schemas/operations.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { readDrafts, type EditToSend } from '../messages/edits/edit-store.ts';
import { AppError } from '../web/app-error.ts';

import type { SelectedMessage } from './selection.ts';

/** The drafts of selected messages, for an operation that sends them. */
export interface DraftsToSend {
  of: (messageId: string) => EditToSend | undefined;
  /** Why a message stays behind; null where its draft can go, and of an operation that sends no drafts. */
  leftOut: (message: Pick<SelectedMessage, 'messageId' | 'lastDeathId'>) => ItemError | null;
}

const NONE: DraftsToSend = { of: () => undefined, leftOut: () => null };

/**
 * Reads them as they are by now.
 *
 * @throws AppError `draft.changed` when one is not of the version that was shown.
 */
export async function draftsFor(
  database: Database | Transaction,
  { edited, draftVersions = {} }: Pick<PreviewedOperation, 'edited' | 'draftVersions'>,
  selected: readonly SelectedMessage[],
): Promise<DraftsToSend> {
  if (edited !== true) return NONE;
  const drafts = await readDrafts(
    database,
    selected.map(({ messageId }) => messageId),
  );
  for (const [messageId, version] of Object.entries(draftVersions)) {
    if (drafts.get(messageId)?.version !== version) throw new AppError('draft.changed');
  }
  return {
    of: (messageId) => drafts.get(messageId),
    leftOut: ({ messageId, lastDeathId }) => {
      const draft = drafts.get(messageId);
      if (draft === undefined) return 'item.noDraft';
      return draft.deathId === lastDeathId ? null : 'item.draftOutdated';
    },
  };
}
