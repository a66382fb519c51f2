import { isDeepStrictEqual } from 'node:util';

import type { Header, HeaderTable, MessageContents, MessageProperties } from '../../amqp/message.ts';
import { OFFICE_HEADER } from '../../amqp/publish-checks.ts';
import { ROUTING_HEADERS } from '../../amqp/unsendable-parts.ts';
import type { Editing } from '../../contract/schemas/drafts.ts';
import { BROKER_HEADERS, headersForResend } from '../../diagnosis/broker-headers.ts';
import { AppError } from '../../web/app-error.ts';

type LockedHeader = Editing['locked']['headers'][number];

/** The broker lets nobody but the connection's own user through: a resend takes it off, whatever it says. */
export const LOCKED_PROPERTIES = ['userId'] as const;

/** Receivers find handlers, replies and their own bookkeeping by these. */
export const SENSITIVE_PROPERTIES: readonly (keyof MessageProperties)[] = [
  'contentType',
  'contentEncoding',
  'messageId',
  'correlationId',
  'replyTo',
  'expiration',
  'type',
  'timestamp',
];
/** Of frameworks that choose the handler, or the type of a body, by a header: whole names, then beginnings. */
const FRAMEWORK_HEADERS =
  /^(?:__(?:Key|Content)?TypeId__|task|id|root_id|parent_id|argsrepr|kwargsrepr)$|^(?:NServiceBus\.|rbs2-|MT-|spring_|x-)/i;

/** Names of headers that may be edited with care: of frameworks, and those that a business key is read from. */
export function sensitiveHeaders(headers: HeaderTable, keyHeaders: readonly string[]): string[] {
  const ofKeys = new Set(keyHeaders.map((name) => name.toLowerCase()));
  const names = headers.map(({ name }) => name);
  return [...new Set(names)].filter((name) => FRAMEWORK_HEADERS.test(name) || ofKeys.has(name.toLowerCase()));
}

/** Headers as an editor needs them: those that a resend would keep, and those it takes off or writes itself. Pure. */
export function splitHeaders(
  headers: HeaderTable,
  stripHeaders: readonly string[],
): { editable: Header[]; locked: LockedHeader[] } {
  const editable: Header[] = [];
  const locked: LockedHeader[] = [];
  for (const header of headers) {
    const because = whyLocked(header, stripHeaders);
    if (because === null) editable.push(header);
    else locked.push({ header, because });
  }
  return { editable, locked };
}

/** What a resend leaves off is asked of the very rule by which it does. */
function whyLocked(header: Header, stripHeaders: readonly string[]): LockedHeader['because'] | null {
  const { name } = header;
  if (name === OFFICE_HEADER) return 'office';
  if (ROUTING_HEADERS.includes(name)) return 'copies';
  if (headersForResend([header], stripHeaders).length > 0) return null;
  return BROKER_HEADERS.includes(name) ? 'broker' : 'framework';
}

/** What somebody wants changed; what is absent stays as it is. */
export interface Changes {
  headers?: HeaderTable;
  properties?: MessageProperties;
  body?: Buffer;
}

/**
 * The edited message. Locked headers and properties stay as they are, whether they were handed in or not. Pure.
 *
 * @throws AppError `draft.locked` when one of them was handed in with another value.
 */
export function applyChanges(
  original: MessageContents,
  changes: Changes,
  stripHeaders: readonly string[],
): MessageContents {
  const headers =
    changes.headers === undefined ? original.headers : withLocked(original, changes.headers, stripHeaders);
  return {
    properties:
      changes.properties === undefined ? original.properties : withLockedProperties(original, changes.properties),
    ...(headers === undefined ? {} : { headers }),
    body: changes.body ?? original.body,
  };
}

function withLocked(
  { headers = [] }: MessageContents,
  wanted: HeaderTable,
  stripHeaders: readonly string[],
): HeaderTable | undefined {
  const { locked } = splitHeaders(headers, stripHeaders);
  const given = splitHeaders(wanted, stripHeaders);
  const changed = given.locked.filter(({ header }) => !locked.some((kept) => isDeepStrictEqual(kept.header, header)));
  if (changed.length > 0) throw lockedError(changed.map(({ header }) => header.name));
  const all = [...locked.map(({ header }) => header), ...given.editable];
  return all.length === 0 ? undefined : all;
}

function withLockedProperties({ properties }: MessageContents, wanted: MessageProperties): MessageProperties {
  const changed = LOCKED_PROPERTIES.filter((name) => wanted[name] !== undefined && wanted[name] !== properties[name]);
  if (changed.length > 0) throw lockedError(changed);
  const { raw: wantedRaw, userId: _userId, ...kept } = wanted;
  const { userId: _rawUserId, ...keptRaw } = wantedRaw ?? {};
  const raw = { ...keptRaw, ...(properties.raw?.userId === undefined ? {} : { userId: properties.raw.userId }) };
  return {
    ...kept,
    ...(properties.userId === undefined ? {} : { userId: properties.userId }),
    ...(Object.keys(raw).length === 0 ? {} : { raw }),
  };
}

function lockedError(names: readonly string[]): AppError {
  return new AppError('draft.locked', { params: { parts: [...new Set(names)].slice(0, 10).join(', ') } });
}
