import type { Header, HeaderTable, MessageContents, MessageProperties } from '../amqp/message.ts';
import { OFFICE_HEADER } from '../amqp/publisher.ts';
import { headersForResend } from '../diagnosis/broker-headers.ts';

import type { ActionDefinition } from './action-definition.ts';

/** Publishes messages again, as they were. */
export const resend: ActionDefinition = {
  action: 'resend',
  takes: ['pending', 'unknown'],
  takesWhenNamed: ['resent', 'settled'],
  leavesOutPossibleDuplicates: true,
  work: { kind: 'publish' },
};

/** Headers by which the broker routes to further queues: those have had their copies. */
const ROUTING_HEADERS = ['CC', 'BCC'];

/** What a resend takes off a message and puts on it. */
export interface ResendChanges {
  /** Names that the framework (by the diagnosis) or the dead queue's setting says were added because it failed. */
  stripHeaders: readonly string[];
  /** The value of our one header; null where it is switched off. */
  mark: string | null;
  /** Whether a value of our header is one that this office made. */
  isOurMark: (value: string) => boolean;
}

/**
 * The message that failed, as it was: same body bytes, same properties, and the same headers in their order with their
 * types. Gone are only: what the broker and the framework added because it failed, our own mark of an earlier resend,
 * CC and BCC (their queues had the message), and `user_id` (the broker refuses one that is not ours). An expiration
 * that dead-lettering took off is not put on again. Pure; the given message stays as it is.
 */
export function messageToResend(contents: MessageContents, changes: ResendChanges): MessageContents {
  const headers = headersToResend(contents.headers, changes);
  return {
    properties: withoutUserId(contents.properties),
    ...(headers === undefined ? {} : { headers }),
    body: contents.body,
  };
}

function headersToResend(headers: HeaderTable | undefined, changes: ResendChanges): HeaderTable | undefined {
  const { mark, stripHeaders } = changes;
  if (headers === undefined && mark === null) return undefined;
  const kept = headersForResend(headers ?? [], [...stripHeaders, ...ROUTING_HEADERS]).filter(
    (header) => header.name !== OFFICE_HEADER || (mark === null && !bearsOurMark(header, changes)),
  );
  return mark === null ? kept : [...kept, { name: OFFICE_HEADER, type: 'string', value: mark }];
}

function bearsOurMark(header: Header, { isOurMark }: ResendChanges): boolean {
  return header.type === 'string' && typeof header.value === 'string' && isOurMark(header.value);
}

function withoutUserId({ userId: _userId, raw, ...kept }: MessageProperties): MessageProperties {
  if (raw === undefined) return kept;
  const { userId: _rawUserId, ...keptRaw } = raw;
  return { ...kept, raw: keptRaw };
}
