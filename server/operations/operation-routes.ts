import { z } from 'zod';

import { id } from '../contract/schemas/lists.ts';
import {
  newOperation,
  operation,
  operationItemList,
  operationItemQuery,
  operationList,
  operationListQuery,
  operationPreview,
  previewedOperation,
  rateChange,
} from '../contract/schemas/operations.ts';
import { AppError } from '../web/app-error.ts';
import { mustBeAllowed, route, type Principal, type Route } from '../web/route.ts';

import { changeRate, commandOperation, COMMANDS, type Command } from './commands.ts';
import { listOperationItems, listOperations, readOperation } from './operation-queries.ts';
import { planOperation, type OperationRules } from './planner.ts';
import { previewOperation, type PreviewServices } from './preview.ts';

export interface OperationRoutesOptions extends PreviewServices {
  /** As the settings have them now. */
  rules: () => OperationRules;
  /** Called after a change, so that this process' runner looks at once. */
  nudge: () => void;
}

const oneOperation = z.strictObject({ id });
/** Printable ASCII, as headers are. */
const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,191}$/);

/** What operators do to messages: preview, start, follow, pause, resume, cancel. */
export function operationRoutes(options: OperationRoutesOptions): Route[] {
  const { database, rules, nudge } = options;
  return [
    route({
      method: 'post',
      path: '/api/operations',
      summary: 'Start an operation on selected messages. With an Idempotency-Key it can safely be asked for again',
      access: 'messages.act',
      body: newOperation,
      responses: { 202: { description: 'The operation; its items are frozen.', schema: operation } },
      handle: async ({ body, principal, requestId, request }) => {
        checkMayEdit(body, principal);
        const order = { request: body, actor: principal, requestId };
        const planned = await planOperation(
          database,
          { ...order, idempotencyKey: keyOf(request.get('Idempotency-Key')) },
          rules(),
        );
        nudge();
        return { status: 202, body: planned, headers: { Location: `/api/operations/${planned.id}` } };
      },
    }),
    route({
      method: 'post',
      path: '/api/operations/preview',
      summary: 'What an operation would do; nothing is done',
      access: 'messages.act',
      body: previewedOperation,
      responses: { 200: { description: 'Counts, targets and a sample.', schema: operationPreview } },
      handle: async ({ body, principal }) => {
        checkMayEdit(body, principal);
        return { status: 200, body: await previewOperation(options, body, principal.scope) };
      },
    }),
    route({
      method: 'get',
      path: '/api/operations',
      summary: 'Operations, newest first',
      access: 'desk.read',
      query: operationListQuery,
      responses: { 200: { description: 'A page of operations.', schema: operationList } },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await listOperations(database, query, principal),
      }),
    }),
    route({
      method: 'get',
      path: '/api/operations/:id',
      summary: 'One operation with its outcomes',
      access: 'desk.read',
      params: oneOperation,
      responses: { 200: { description: 'The operation.', schema: operation } },
      handle: async ({ params, principal }) => ({
        status: 200,
        body: await readOperation(database, params.id, principal),
      }),
    }),
    route({
      method: 'get',
      path: '/api/operations/:id/items',
      summary: 'The messages of an operation with their outcomes, in id order',
      access: 'desk.read',
      params: oneOperation,
      query: operationItemQuery,
      responses: { 200: { description: 'A page of items.', schema: operationItemList } },
      handle: async ({ params, query, principal }) => ({
        status: 200,
        body: await listOperationItems(database, params.id, query, principal),
      }),
    }),
    ...(Object.keys(COMMANDS) as Command[]).map((command) =>
      route({
        method: 'post',
        path: `/api/operations/:id/${command}`,
        summary: `${command[0]?.toUpperCase() ?? ''}${command.slice(1)} an operation; what is in flight finishes`,
        access: 'messages.act',
        params: oneOperation,
        responses: { 200: { description: 'The operation.', schema: operation } },
        handle: async ({ params, principal, requestId }) => {
          const body = await commandOperation(database, params.id, command, { actor: principal, requestId });
          nudge();
          return { status: 200, body };
        },
      }),
    ),
    route({
      method: 'patch',
      path: '/api/operations/:id',
      summary: 'Change the pace of a resend while it runs',
      access: 'messages.act',
      params: oneOperation,
      body: rateChange,
      responses: { 200: { description: 'The operation.', schema: operation } },
      handle: async ({ params, body, principal, requestId }) => {
        const changed = await changeRate(database, params.id, body.ratePerSecond, { actor: principal, requestId });
        nudge();
        return { status: 200, body: changed };
      },
    }),
  ];
}

/** Sending something else than what failed is for those who may edit. */
function checkMayEdit({ edited }: { edited?: boolean | undefined }, principal: Principal): void {
  if (edited === true) mustBeAllowed(principal, 'messages.edit');
}

function keyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  const key = idempotencyKey.safeParse(header);
  if (key.success) return key.data;
  throw new AppError('request.malformed', {
    detail: 'An Idempotency-Key has 1 to 191 printable ASCII characters.',
    errors: { 'Idempotency-Key': 'field.invalid' },
  });
}
