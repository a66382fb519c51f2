import type { SessionWatch } from '../access/session-watch.ts';
import { eventsQuery, officeEvent } from '../contract/schemas/events.ts';
import type { OperationEvent } from '../contract/schemas/operations.ts';
import type { CurrentMasking } from '../masking/current-masking.ts';
import { maskOperation } from '../masking/mask-others.ts';
import type { OperationFeed } from '../operations/operation-feed.ts';
import type { Database } from '../database/connect.ts';
import { route, type Authenticate, type Route } from '../web/route.ts';
import type { EventStreams } from '../web/server-sent-events.ts';

import type { ChangeFeed } from './change-feed.ts';
import { FollowedSight } from './followed-sight.ts';

export interface EventRoutesOptions {
  operations: OperationFeed;
  changes: ChangeFeed;
  streams: EventStreams;
  masking: CurrentMasking;
  database: Database;
  /** Who is asking by now, for a stream that stays open. */
  authenticate: Authenticate;
  /** Ends a stream with the rights of whom it is for. */
  sessions: SessionWatch;
}

/** A position from before anything: whoever brings something else than it was given asks for everything anew. */
const LONG_AGO = '0';

/** What happens, as it happens, on every instance. */
export function eventRoutes(options: EventRoutesOptions): Route[] {
  const { operations, changes, streams, masking, database, authenticate, sessions } = options;
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
      handle: ({ query, principal, request, response }) => {
        const sight = new FollowedSight({ database, principal, authenticate: () => authenticate(request) });
        const forget: (() => void)[] = [];
        const forgetAll = () => {
          for (const one of forget) one();
        };
        const stream = streams.open(response, principal.userId, forgetAll);
        const position = request.get('Last-Event-ID') ?? query.lastEventId ?? null;
        forget.push(
          sessions.watch(principal, stream.end),
          operations.listen({
            tell: (operation) => {
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
            },
            sight: () => sight.now,
          }),
          changes.listen(
            (event, at) => {
              sight.pass(event, (seen) => {
                stream.send('changes', seen, at);
              });
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
