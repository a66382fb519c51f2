import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { revealRequest } from '../contract/schemas/masking.ts';
import {
  importAnswer,
  registerAnswer,
  registerRequest,
  rejectDetail,
  rejectId,
  rejectList,
  rejectListQuery,
} from '../contract/schemas/rejects.ts';
import type { Database } from '../database/connect.ts';
import { AppError } from '../web/app-error.ts';
import { route, type Principal, type Route } from '../web/route.ts';

import { importLines } from './import-lines.ts';
import type { ManualRegistrationParts } from './intake.ts';
import { ManualRegistration } from './manual-registration.ts';

const NDJSON = 'application/x-ndjson';
const oneReject = z.strictObject({ id: rejectId });

/** Manual registration: what was not stored when it arrived, and storing it by hand. */
export function rejectRoutes({
  database,
  parts,
}: {
  database: Database;
  /** Null until the database was reached the first time. */
  parts: () => ManualRegistrationParts | null;
}): Route[] {
  const ready = () => {
    const given = parts();
    if (given === null) throw new AppError('database.away', { retryAfterSeconds: 5 });
    return given;
  };
  const manual = ({ scope }: Principal) => new ManualRegistration(database, ready(), scope);
  let importing = false;

  return [
    route({
      method: 'get',
      path: '/api/rejects',
      summary: 'Messages that are not registered: of the journal that this instance reaches, and of the rejects',
      access: 'messages.reveal',
      query: rejectListQuery,
      responses: { 200: { description: 'A page of them: the journal first, each newest first.', schema: rejectList } },
      handle: async ({ query, principal }) => ({ status: 200, body: await manual(principal).list(query) }),
    }),
    route({
      method: 'post',
      path: '/api/rejects/register',
      summary: 'Register some or all of them. What is registered already adds nothing',
      access: 'rejects.register',
      body: registerRequest,
      responses: { 200: { description: 'What became of each.', schema: registerAnswer } },
      handle: async ({ body, principal: actor, requestId }) => {
        const by = { actor, requestId };
        const answer = 'ids' in body ? await manual(actor).register(body.ids, by) : await manual(actor).registerAll(by);
        return { status: 200, body: answer };
      },
    }),
    route({
      method: 'post',
      path: '/api/rejects/import',
      summary:
        'Register the messages of a journal file or an NDJSON export. A file that is imported twice adds nothing',
      access: 'rejects.import',
      upload: { contentType: NDJSON, description: 'The file, line by line; at most 2 GiB.' },
      responses: {
        200: { description: 'How many were registered, and the lines that were not.', schema: importAnswer },
      },
      handle: async ({ request, principal: actor, requestId }) => {
        if (request.is(NDJSON) === false) {
          throw new AppError('request.malformed', { detail: `Send the file as ${NDJSON}.` });
        }
        const { registration, brokerId } = ready();
        // One at a time: it is the whole database's work.
        if (importing) throw new AppError('reject.importRunning', { retryAfterSeconds: 30 });
        importing = true;
        try {
          const answer = await importLines({ database, brokerId, registration }, request, { actor, requestId });
          await recordAuditEvent(database, {
            actor,
            kind: 'rejects.imported',
            details: { ...answer.counts, problems: answer.problemsTotal },
            requestId,
          });
          return { status: 200, body: answer };
        } finally {
          importing = false;
        }
      },
    }),
    route({
      method: 'get',
      path: '/api/rejects/:id',
      summary: 'One of them with its headers and the beginning of its body',
      access: 'messages.reveal',
      params: oneReject,
      responses: { 200: { description: 'The message.', schema: rejectDetail } },
      handle: async ({ params, principal }) => ({ status: 200, body: await manual(principal).detail(params.id) }),
    }),
    route({
      method: 'post',
      path: '/api/rejects/:id/reveal',
      summary: 'One of them without masks. It is on record with the reason, and opens its raw body for an hour',
      access: 'messages.reveal',
      params: oneReject,
      body: revealRequest,
      responses: { 200: { description: 'The message.', schema: rejectDetail } },
      handle: async ({ params, body, principal: actor, requestId }) => {
        const reject = await manual(actor).detail(params.id);
        const { reason } = body;
        await recordAuditEvent(database, {
          actor,
          kind: 'reject.revealed',
          subject: params.id,
          details: { reason },
          requestId,
        });
        return { status: 200, body: { ...reject, masked: { count: 0, rules: [], body: null } } };
      },
    }),
    route({
      method: 'get',
      path: '/api/rejects/:id/body',
      summary: 'The exact bytes of its body, as an attachment',
      access: 'messages.reveal',
      params: oneReject,
      responses: { 200: { description: 'The bytes.', contentType: 'application/octet-stream', schema: z.string() } },
      handle: async ({ params, principal, requestId, response }) => {
        const body = await manual(principal).body(params.id);
        await recordAuditEvent(database, {
          actor: principal,
          kind: 'reject.bodyDownloaded',
          subject: params.id,
          requestId,
        });
        response
          .status(200)
          .set({
            'Content-Type': 'application/octet-stream',
            'Content-Disposition': `attachment; filename="reject-${params.id.replace(/[^\w.-]/g, '-')}.bin"`,
            'Content-Length': String(body.length),
          })
          .end(body);
        return undefined;
      },
    }),
  ];
}
