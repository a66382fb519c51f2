import { z } from 'zod';

import type { BrokerTerms } from '../amqp/broker-terms.ts';
import { recordAuditEvent } from '../audit/audit-store.ts';
import { id } from '../contract/schemas/lists.ts';
import { revealRequest } from '../contract/schemas/masking.ts';
import { messageDetail, type MessageDetail } from '../contract/schemas/messages.ts';
import type { Database } from '../database/connect.ts';
import { readMessageDetail } from '../messages/message-detail.ts';
import { route, type Route } from '../web/route.ts';

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
        const detail = await readMessageDetail(database, params.id, principal.scope, terms());
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
