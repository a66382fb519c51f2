import { z } from 'zod';

import { withinScope } from '../access/within-scope.ts';
import type { ItemError } from '../contract/errors.ts';
import { MESSAGE_STATUSES, type MessageStatus } from '../contract/messages.ts';
import type { NewOperation, PreviewedOperation } from '../contract/schemas/operations.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { idColumn } from '../database/columns.ts';
import { USUAL_CHOICES, type ResendChoices } from '../messages/resendable.ts';
import { AppError } from '../web/app-error.ts';
import type { Scope } from '../web/route.ts';

import type { ActionDefinition } from './action-definition.ts';
import { actions } from './actions.ts';

/** A selected message, as it was when it was selected. */
export interface SelectedMessage {
  messageId: string;
  status: MessageStatus;
  version: number;
  lastDeathId: string;
  deadQueueId: string;
  possibleDuplicate: boolean;
}

/** Messages read by one statement. */
export const SELECTION_PORTION = 1_000;
/** So many missing ids are named in the answer. */
const NAMED_IDS = 10;

/** What is read of each. */
export const SELECTED_COLUMNS = [
  'id',
  'status',
  'version',
  'last_death_id',
  'dead_queue_id',
  'possible_duplicate_of',
] as const;

export const selectedRow = z
  .object({
    id: idColumn,
    status: z.enum(MESSAGE_STATUSES),
    version: z.number().int(),
    last_death_id: idColumn,
    dead_queue_id: idColumn,
    possible_duplicate_of: idColumn.nullable(),
  })
  .transform((row): SelectedMessage => ({
    messageId: row.id,
    status: row.status,
    version: row.version,
    lastDeathId: row.last_death_id,
    deadQueueId: row.dead_queue_id,
    possibleDuplicate: row.possible_duplicate_of !== null,
  }));

const RESEND_FIELDS = [
  'target',
  'ratePerSecond',
  'restoreCc',
  'restoreExpiration',
  'sendInexact',
  'edited',
  'canary',
  'stopWhenCameBack',
] as const;

/**
 * Checks what the schema cannot.
 *
 * @throws AppError `operation.reasonRequired`, `request.malformed`.
 */
export function checkRequest(request: PreviewedOperation): void {
  const definition = actions[request.action];
  if (definition.needsReason === true && request.reason === undefined) throw new AppError('operation.reasonRequired');
  if (definition.work.kind !== 'publish') {
    for (const field of RESEND_FIELDS) {
      if (request[field] === undefined) continue;
      throw new AppError('request.malformed', {
        detail: `${field} belongs to a resend.`,
        errors: { [field]: 'field.invalid' },
      });
    }
  }
  if (request.edited === true) checkEdited(request);
  else if (request.draftVersions !== undefined) {
    throw new AppError('request.malformed', {
      detail: 'draftVersions belongs to a resend of drafts.',
      errors: { draftVersions: 'field.invalid' },
    });
  }
  if (request.restoreCc === true && request.target?.kind === 'queue') {
    throw new AppError('request.malformed', {
      detail: 'restoreCc reaches further queues, and the target is one queue alone.',
      errors: { restoreCc: 'field.invalid' },
    });
  }
  if ('filter' in request.selection) {
    const { outcome, operationId } = request.selection.filter;
    if (outcome !== undefined && operationId === undefined) {
      throw new AppError('request.malformed', {
        detail: 'outcome needs operationId.',
        errors: { 'selection.filter.outcome': 'field.invalid' },
      });
    }
  }
}

function checkEdited({ selection, reason }: PreviewedOperation): void {
  if ('filter' in selection) {
    throw new AppError('request.malformed', {
      detail: 'Drafts are sent of messages that are named by their ids.',
      errors: { edited: 'field.invalid' },
    });
  }
  if (reason === undefined) throw new AppError('operation.reasonRequired');
}

/**
 * Messages selected by their ids, in id order, each once.
 *
 * @throws AppError `operation.messagesMissing` when one does not exist, or is outside the scope of who acts: the
 * operator saw something else than there is.
 */
export async function selectMessages(
  database: Database | Transaction,
  selectedIds: readonly string[],
  scope: Scope,
): Promise<SelectedMessage[]> {
  const ids = [...new Set(selectedIds)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const within = withinScope('dead_queue_id', scope);
  const messages: SelectedMessage[] = [];
  for (let from = 0; from < ids.length; from += SELECTION_PORTION) {
    const rows: unknown[] = await database('failed_messages')
      .whereIn('id', ids.slice(from, from + SELECTION_PORTION))
      .whereRaw(within.sql, within.bindings)
      .orderBy('id')
      .select([...SELECTED_COLUMNS]);
    messages.push(...z.array(selectedRow).parse(rows));
  }
  if (messages.length < ids.length) {
    const found = new Set(messages.map(({ messageId }) => messageId));
    const missing = ids.filter((one) => !found.has(one));
    throw new AppError('operation.messagesMissing', {
      params: { count: missing.length, ids: missing.slice(0, NAMED_IDS).join(', ') },
    });
  }
  return messages;
}

/** Why a selected message is left out from the start; null when it is not. */
export function leavingOut(
  request: Pick<PreviewedOperation, 'action' | 'selection' | 'includePossibleDuplicates'>,
): (message: Pick<SelectedMessage, 'status' | 'possibleDuplicate'>) => ItemError | null {
  const definition: ActionDefinition = actions[request.action];
  const takes = new Set(statusesTaken(request));
  const isOneById = 'ids' in request.selection && new Set(request.selection.ids).size === 1;
  const includesTwins = request.includePossibleDuplicates === true || isOneById;
  const leavesTwins = definition.leavesOutPossibleDuplicates === true && !includesTwins;
  return ({ status, possibleDuplicate }) => {
    if (!takes.has(status)) return 'item.wrongStatus';
    return leavesTwins && possibleDuplicate ? 'item.possibleDuplicate' : null;
  };
}

/** The first `most` that would go, and what is left out among them. */
export function firstGoing<Selected extends { leftOut: ItemError | null }>(
  selected: readonly Selected[],
  most: number,
): readonly Selected[] {
  let going = 0;
  const end = selected.findIndex(({ leftOut }) => {
    if (leftOut === null) going += 1;
    return going > most;
  });
  return end < 0 ? selected : selected.slice(0, end);
}

/**
 * The states in which messages are taken. Some only by name: by the id of the message, or where the filter names the
 * state itself.
 */
export function statusesTaken({
  action,
  selection,
}: Pick<PreviewedOperation, 'action' | 'selection'>): MessageStatus[] {
  const { takes, takesWhenNamed = [] }: ActionDefinition = actions[action];
  const named =
    'ids' in selection ? takesWhenNamed : takesWhenNamed.filter((status) => selection.filter.status?.includes(status));
  return [...takes, ...named];
}

/** What the operator chose for a resend, with the defaults. */
export function choicesOf(asked: Partial<Pick<NewOperation, keyof ResendChoices>>): ResendChoices {
  return {
    target: asked.target ?? USUAL_CHOICES.target,
    restoreCc: asked.restoreCc ?? false,
    restoreExpiration: asked.restoreExpiration ?? false,
    sendInexact: asked.sendInexact ?? false,
    edited: asked.edited ?? false,
  };
}
