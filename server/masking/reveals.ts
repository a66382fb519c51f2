import type { Request } from 'express';

import { limitToScope } from '../access/within-scope.ts';
import { REVEALED_FOR_MINUTES } from '../contract/masking.ts';
import type { Database } from '../database/connect.ts';
import { AppError } from '../web/app-error.ts';
import type { Principal } from '../web/route.ts';

/** The header that carries a reason where there is no body for it: percent-encoded UTF-8. */
const REASON_HEADER = 'X-Reveal-Reason';
const MOST_REASON = 500;

/**
 * The record of who revealed what is also what opens the raw body, the editor and the edits of a message to them, for
 * a while: no access without a reason on record, and one question for one sitting.
 *
 * @throws AppError `message.notFound`, `reveal.needed`.
 */
export async function mustHaveRevealedMessage(
  database: Database,
  messageId: string,
  { userId, scope }: Principal,
  minutes = REVEALED_FOR_MINUTES,
): Promise<void> {
  const seen = database('failed_messages').where('id', messageId);
  limitToScope(seen, 'dead_queue_id', scope);
  if ((await seen.first<unknown>('id')) === undefined) throw new AppError('message.notFound');
  const found: unknown = await database('audit_events')
    .where({ message_id: messageId, kind: 'message.revealed', actor_id: userId })
    .where('at', '>', database.raw('UTC_TIMESTAMP(3) - INTERVAL ? MINUTE', [minutes]))
    .first('id');
  if (found === undefined) throw new AppError('reveal.needed');
}

/** The same for what could not be stored. @throws AppError `reveal.needed`. */
export async function mustHaveRevealedReject(
  database: Database,
  rejectId: string,
  { userId }: Principal,
): Promise<void> {
  const found: unknown = await database('audit_events')
    .where({ kind: 'reject.revealed', subject: rejectId, actor_id: userId })
    .where('at', '>', database.raw('UTC_TIMESTAMP(3) - INTERVAL ? MINUTE', [REVEALED_FOR_MINUTES]))
    .first('id');
  if (found === undefined) throw new AppError('reveal.needed');
}

/** Why somebody wants data that is not masked, where it has to be in a header. @throws AppError `reveal.reasonMissing`. */
export function reasonOf(request: Request): string {
  let reason = '';
  try {
    reason = decodeURIComponent(request.get(REASON_HEADER) ?? '').trim();
  } catch {
    // Not percent-encoded as it should be: no reason.
  }
  if (reason === '' || reason.length > MOST_REASON) throw new AppError('reveal.reasonMissing');
  return reason;
}
