import { z } from 'zod';

import { editing, editWithOriginal, newDraft } from '../../contract/schemas/drafts.ts';
import { id } from '../../contract/schemas/lists.ts';
import { route, type Route } from '../../web/route.ts';
import { discardDraft, readEdit, readEditing, saveDraft, type DraftServices } from './drafts.ts';

const ofMessage = z.strictObject({ id });

/** Edited copies of a message: the draft, and what was sent. Sending one is an operation. */
export function editRoutes(services: DraftServices): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/messages/:id/draft',
      summary: 'What of a message may be edited, and the draft of it, if there is one',
      access: 'messages.edit',
      params: ofMessage,
      responses: { 200: { description: 'The message as an editor needs it.', schema: editing } },
      handle: async ({ params, principal }) => ({
        status: 200,
        body: await readEditing(services, params.id, principal.scope),
      }),
    }),
    route({
      method: 'put',
      path: '/api/messages/:id/draft',
      summary: 'Keep an edited copy of a message; what is left out is as it failed. The message stays as it is',
      access: 'messages.edit',
      params: ofMessage,
      body: newDraft,
      responses: { 200: { description: 'The message with its draft.', schema: editing } },
      handle: async ({ params, body, principal, requestId }) => {
        await saveDraft(services, params.id, body, { actor: principal, requestId });
        return { status: 200, body: await readEditing(services, params.id, principal.scope) };
      },
    }),
    route({
      method: 'delete',
      path: '/api/messages/:id/draft',
      summary: 'Discard the draft of a message',
      access: 'messages.edit',
      params: ofMessage,
      responses: { 204: { description: 'It is gone.' } },
      handle: async ({ params, principal, requestId }) => {
        await discardDraft(services.database, params.id, { actor: principal, requestId });
        return { status: 204 };
      },
    }),
    route({
      method: 'get',
      path: '/api/messages/:id/edits/:editId',
      summary: 'One edit of a message with its contents, beside those that were edited',
      access: 'messages.reveal',
      params: z.strictObject({ id, editId: id }),
      responses: { 200: { description: 'The edit.', schema: editWithOriginal } },
      handle: async ({ params, principal }) => ({
        status: 200,
        body: await readEdit(services.database, params.id, params.editId, principal.scope),
      }),
    }),
  ];
}
