import type { Header, HeaderTable, MessageContents, MessageProperties } from '../amqp/message.ts';
import { OFFICE_HEADER } from '../amqp/publish-checks.ts';
import { headersForResend } from '../diagnosis/broker-headers.ts';
import { readTakenOff } from '../diagnosis/x-death.ts';

/** What a resend takes off a message, puts on it, and puts back. */
export interface ResendChanges {
  /** Names that the framework (by the diagnosis) or the dead queue's setting says were added because it failed. */
  stripHeaders: readonly string[];
  /** The value of our one header; null where it is switched off. */
  mark: string | null;
  /** Whether a value of our header is one that this office made. */
  isOurMark: (value: string) => boolean;
  /** The user of the connection that publishes: no other `user_id` is let through by the broker. */
  user: string;
  /** Sends to the queues of its CC again; those had their copies. */
  restoreCc: boolean;
  /** Puts back the expiration that the broker took off when the message died. */
  restoreExpiration: boolean;
}

/**
 * The message that failed, as it was: same body bytes, same properties, and the same headers in their order with their
 * types. Gone are only: what the broker and the framework added because it failed, our own mark of an earlier resend,
 * BCC and, unless it is wanted, CC (their queues had the message), and a `user_id` that is not ours (the broker refuses
 * it). An expiration that dead-lettering took off is put on again only where that is wanted. Pure; the given message
 * stays as it is.
 */
export function messageToResend(contents: MessageContents, changes: ResendChanges): MessageContents {
  const headers = headersToResend(contents.headers, changes);
  return {
    properties: propertiesToResend(contents, changes),
    ...(headers === undefined ? {} : { headers }),
    body: contents.body,
  };
}

function headersToResend(headers: HeaderTable | undefined, changes: ResendChanges): HeaderTable | undefined {
  const { mark, stripHeaders, restoreCc } = changes;
  if (headers === undefined && mark === null) return undefined;
  const gone = [...stripHeaders, 'BCC', ...(restoreCc ? [] : ['CC'])];
  const kept = headersForResend(headers ?? [], gone).filter(
    (header) => header.name !== OFFICE_HEADER || (mark === null && !bearsOurMark(header, changes)),
  );
  if (restoreCc && !kept.some(({ name }) => name === 'CC')) {
    const { cc } = readTakenOff(headers ?? []);
    if (cc.length > 0) kept.push({ name: 'CC', type: 'array', value: cc });
  }
  return mark === null ? kept : [...kept, { name: OFFICE_HEADER, type: 'string', value: mark }];
}

function bearsOurMark(header: Header, { isOurMark }: ResendChanges): boolean {
  return header.type === 'string' && typeof header.value === 'string' && isOurMark(header.value);
}

function propertiesToResend({ properties, headers = [] }: MessageContents, changes: ResendChanges): MessageProperties {
  const kept = isOurs(properties, changes.user) ? { ...properties } : withoutUserId(properties);
  if (!changes.restoreExpiration || kept.expiration !== undefined) return kept;
  const { expiration } = readTakenOff(headers);
  return expiration === null ? kept : { ...kept, expiration };
}

/** Bytes that are not UTF-8 are no name that we sign in with. */
function isOurs({ userId, raw }: MessageProperties, user: string): boolean {
  return userId === user && raw?.userId === undefined;
}

function withoutUserId({ userId: _userId, raw, ...kept }: MessageProperties): MessageProperties {
  if (raw === undefined) return kept;
  const { userId: _rawUserId, ...keptRaw } = raw;
  return { ...kept, raw: keptRaw };
}
