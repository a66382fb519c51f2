import { eventsQuery, officeEvent } from '../contract/schemas/events.ts';
import type { OperationEvent } from '../contract/schemas/operations.ts';
import type { CurrentMasking } from '../masking/current-masking.ts';
import { maskOperation } from '../masking/mask-others.ts';
import type { OperationFeed } from '../operations/operation-feed.ts';
import { route, type Route } from '../web/route.ts';
import type { EventStreams } from '../web/server-sent-events.ts';

import type { ChangeFeed } from './change-feed.ts';

export interface EventRoutesOptions {
  operations: OperationFeed;
  changes: ChangeFeed;
  streams: EventStreams;
  masking: CurrentMasking;
}

/** A position from before anything: whoever brings something else than it was given asks for everything anew. */
const LONG_AGO = '0';

/** What happens, as it happens, on every instance. */
export function eventRoutes({ operations, changes, streams, masking }: EventRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/events',
      summary:
        'Server-sent events: `changes` for what anybody changed on any instance, `operation` for each operation that runs ' +
        'and when one ends, `health` when the database or the broker goes or comes back. With the id of the last event ' +
        'a stream goes on from there, on any instance, for about an hour',
      access: 'desk.read',
      query: eventsQuery,
      responses: { 200: { description: 'A stream.', contentType: 'text/event-stream', schema: officeEvent } },
      handle: ({ query, request, response }) => {
        const forget: (() => void)[] = [];
        const forgetAll = () => {
          for (const one of forget) one();
        };
        const stream = streams.open(response, forgetAll);
        const position = request.get('Last-Event-ID') ?? query.lastEventId ?? null;
        forget.push(
          operations.listen((operation) => {
            masking.rules().then(
              (rules) => {
                const event = {
                  type: 'operation',
                  operation: maskOperation(operation, rules),
                } satisfies OperationEvent;
                stream.send('operation', event);
              },
              // Nothing is told by rules that cannot be read; the page asks anew once the database is back.
              () => undefined,
            );
          }),
          changes.listen(
            (event, at) => {
              stream.send('changes', event, at);
            },
            position === null || eventsQuery.shape.lastEventId.safeParse(position).success ? position : LONG_AGO,
          ),
        );
        if (response.writableEnded) forgetAll();
        return undefined;
      },
    }),
  ];
}
