import { z } from 'zod';

import type { BrokerTerms } from '../amqp/broker-terms.ts';
import { recordAuditEvent } from '../audit/audit-store.ts';
import { id } from '../contract/schemas/lists.ts';
import { revealRequest } from '../contract/schemas/masking.ts';
import { messageDetail, type MessageDetail } from '../contract/schemas/messages.ts';
import { idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { readMessageDetail } from '../messages/message-detail.ts';
import { AppError } from '../web/app-error.ts';
import { route, type Route, type Scope } from '../web/route.ts';

/** The only way to a message without its masks: with a reason, and on record before anything is shown. */
export function revealRoutes(database: Database, terms: () => BrokerTerms): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/messages/:id/reveal',
      summary:
        'One failed message without masks. It is on record with the reason; for an hour it also opens the raw body, ' +
        'the editor and the edits of this message',
      access: 'messages.reveal',
      params: z.strictObject({ id }),
      body: revealRequest,
      responses: { 200: { description: 'The message.', schema: messageDetail } },
      handle: async ({ params, body, principal, requestId }) => {
        await mustSee(database, params.id, principal.scope);
        const detail = await readMessageDetail(database, params.id, terms());
        await recordAuditEvent(database, {
          actor: principal,
          kind: 'message.revealed',
          messageId: params.id,
          details: { reason: body.reason },
          requestId,
        });
        const revealed: MessageDetail = { ...detail, masked: { count: 0, rules: [], body: null } };
        return { status: 200, body: revealed };
      },
    }),
  ];
}

/** @throws AppError `message.notFound`, also for one that is not theirs to see. */
async function mustSee(database: Database, messageId: string, scope: Scope): Promise<void> {
  const found: unknown = await database('failed_messages').where('id', messageId).first('dead_queue_id');
  if (found === undefined) throw new AppError('message.notFound');
  const { dead_queue_id: deadQueueId } = z.object({ dead_queue_id: idColumn }).parse(found);
  if (scope !== null && !scope.includes(deadQueueId)) throw new AppError('message.notFound');
}
