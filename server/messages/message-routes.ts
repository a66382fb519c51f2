import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { z } from 'zod';

import type { BrokerTerms } from '../amqp/broker-terms.ts';
import { recordAuditEvent } from '../audit/audit-store.ts';
import { id } from '../contract/schemas/lists.ts';
import { messageBodyQuery, messageDetail, messageList, messageListQuery } from '../contract/schemas/messages.ts';
import type { Database } from '../database/connect.ts';
import { route, type Route } from '../web/route.ts';

import { openContents } from './contents-store.ts';
import { latestContentId, readMessageDetail } from './message-detail.ts';
import { listMessages } from './message-list.ts';

export interface MessageRoutesOptions {
  database: Database;
  /** What the broker takes now, for what a message says of its being sent again. */
  terms: () => BrokerTerms;
}

/** The list of failed messages, one message, and its body. */
export function messageRoutes({ database, terms }: MessageRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/messages',
      summary: 'Failed messages: filtered, sorted, by pages or cursors',
      access: 'desk.read',
      query: messageListQuery,
      responses: { 200: { description: 'A page of failed messages.', schema: messageList } },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await listMessages(database, query, principal.scope),
      }),
    }),
    route({
      method: 'get',
      path: '/api/messages/:id',
      summary: 'One failed message with its headers, the beginning of its body, and its deaths',
      access: 'desk.read',
      params: z.strictObject({ id }),
      responses: { 200: { description: 'The message.', schema: messageDetail } },
      handle: async ({ params, principal }) => ({
        status: 200,
        body: await readMessageDetail(database, params.id, principal.scope, terms()),
      }),
    }),
    route({
      method: 'get',
      path: '/api/messages/:id/body',
      summary: 'The exact bytes of the latest body, or of its envelope, as an attachment',
      access: 'messages.reveal',
      params: z.strictObject({ id }),
      query: messageBodyQuery,
      responses: { 200: { description: 'The bytes.', contentType: 'application/octet-stream', schema: z.string() } },
      handle: async ({ params, query, principal, requestId, response }) => {
        const contentId = await latestContentId(database, params.id, principal.scope, query.as);
        const { body, bodySize } = await openContents(database, contentId);
        await recordAuditEvent(database, {
          actor: principal,
          kind: 'message.bodyDownloaded',
          messageId: params.id,
          details: { as: query.as ?? 'message', contentId },
          requestId,
        });
        response.status(200).set({
          'Content-Type': 'application/octet-stream',
          'Content-Disposition': `attachment; filename="message-${params.id}${query.as === 'arrived' ? '-arrived' : ''}.bin"`,
          'Content-Length': String(bodySize),
        });
        // A body that breaks off ends the connection before its length is reached: the client sees that it is not whole.
        await pipeline(Readable.from(body), response);
        return undefined;
      },
    }),
  ];
}
