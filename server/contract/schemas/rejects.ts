import { z } from 'zod';

import { LINE_ERRORS, REGISTRATION_OUTCOMES, REJECT_PLACES, type LineError } from '../rejects.ts';
import { id, listOf, paging, time } from './lists.ts';
import { maskedCount } from './masking.ts';
import { bodyPreview, properties, readableHeaders, typedHeader, type TypedHeader } from './messages.ts';

/** A reject has a decimal id, a message of a journal the id that it has there. */
export const rejectId = z
  .string()
  .regex(/^[\w.:-]{1,64}$/)
  .meta({ description: 'The id of a reject, or of a message of the journal' });

const count = z.number().int();

export const reject = z
  .strictObject({
    id: rejectId,
    place: z.enum(REJECT_PLACES),
    deadQueue: z.string(),
    at: time.meta({ description: 'When it was taken out of RabbitMQ.' }),
    code: z.string().meta({ description: 'Why it was not stored: the code of the database, or databaseAway.' }),
    text: z.string().meta({ description: 'The words of the database. They can quote the message.' }),
    exchange: z.string(),
    routingKey: z.string(),
    bodySize: count.nullable(),
  })
  .meta({ id: 'Reject' });
export type Reject = z.infer<typeof reject>;
export const rejectList = listOf(reject).extend({
  elsewhere: count.meta({
    description: 'So many more lie in the journals of other instances, which only those reach.',
  }),
});
export type RejectList = z.infer<typeof rejectList>;
export const rejectListQuery = z.strictObject({ ...paging });
export type RejectListQuery = z.infer<typeof rejectListQuery>;

export const rejectDetail = reject
  .extend({
    properties,
    headers: readableHeaders,
    headersTyped: z.array(typedHeader),
    contentType: z.string().nullable(),
    bodyPreview: bodyPreview.nullable().meta({ description: 'Null when its lines in the journal cannot be read.' }),
    masked: maskedCount,
  })
  .meta({ id: 'RejectDetail' });
export type RejectDetail = Omit<z.infer<typeof rejectDetail>, 'headersTyped'> & { headersTyped: TypedHeader[] };
/** As it is kept. */
export type UnmaskedReject = Omit<RejectDetail, 'masked'>;

export const registerRequest = z
  .union([z.strictObject({ ids: z.array(rejectId).min(1).max(1000) }), z.strictObject({ all: z.literal(true) })])
  .meta({ id: 'RegisterRequest' });
export type RegisterRequest = z.infer<typeof registerRequest>;

const counts = z.strictObject({ registered: count, already: count, rejected: count, refused: count, missing: count });
export type RegistrationCounts = z.infer<typeof counts>;

export const registerAnswer = z
  .strictObject({
    counts,
    results: z
      .array(
        z.strictObject({
          id: rejectId,
          outcome: z.enum(REGISTRATION_OUTCOMES),
          messageId: id.nullable(),
          code: z.string().nullable(),
          text: z.string().nullable(),
        }),
      )
      .meta({ description: 'Of the first 1 000.' }),
    left: count.meta({ description: 'So many are not registered yet, those that were refused included.' }),
  })
  .meta({ id: 'RegisterAnswer' });
export type RegisterAnswer = z.infer<typeof registerAnswer>;

export const importAnswer = z
  .strictObject({
    counts,
    problems: z
      .array(
        z.strictObject({
          line: count,
          code: z.enum(Object.keys(LINE_ERRORS) as [LineError, ...LineError[]]),
          params: z.record(z.string(), z.string()),
          detail: z.string(),
        }),
      )
      .meta({ description: 'The first 100 lines that could not be registered; all others were.' }),
    problemsTotal: count,
  })
  .meta({ id: 'ImportAnswer' });
export type ImportAnswer = z.infer<typeof importAnswer>;
