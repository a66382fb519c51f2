import { z } from 'zod';

import { CHANGE_KINDS } from '../changes.ts';

import { id } from './lists.ts';
import { operationEvent } from './operations.ts';

const change = z
  .strictObject({
    id,
    kind: z.enum(CHANGE_KINDS),
    subjectId: id.nullable().meta({ description: 'The one that was changed; null: several, or all there is.' }),
  })
  .meta({ id: 'Change' });

/** What was changed by anybody on any instance. Each bears the `id` by which a stream is taken up again. */
export const changesEvent = z.strictObject({
  type: z.literal('changes'),
  reset: z.boolean().meta({ description: 'More may have been missed than is told: ask for everything anew.' }),
  changes: z.array(change).meta({ description: 'Empty: nothing was changed up to here.' }),
});
export type ChangesEvent = z.infer<typeof changesEvent>;

/** The database or the broker went or came back: `GET /health/ready` says more. */
const healthEvent = z.strictObject({ type: z.literal('health') });
export type HealthEvent = z.infer<typeof healthEvent>;

/** What `GET /api/events` sends; the event's name is its type. */
export const officeEvent = z
  .discriminatedUnion('type', [operationEvent, changesEvent, healthEvent])
  .meta({ id: 'OfficeEvent' });

export const eventsQuery = z.strictObject({
  lastEventId: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .meta({ description: 'Like the header Last-Event-ID, which a page cannot set by itself; the header goes before.' }),
});
