import type { Action } from '../contract/operations.ts';

import type { ActionDefinition } from './action-definition.ts';
import { deleteMessages } from './delete.ts';
import { handle } from './handle.ts';
import { markResent } from './mark-resent.ts';
import { resend } from './resend.ts';
import { restore } from './restore.ts';

/** Everything that can be done to a selection of messages. */
export const actions: Readonly<Record<Action, ActionDefinition>> = {
  resend,
  delete: deleteMessages,
  restore,
  handle,
  markResent,
};
