import type { Death, Message, MessageDetail, TimelineEntry, UnmaskedDetail } from '../contract/schemas/messages.ts';
import type { Edit } from '../contract/schemas/edits.ts';
import type { RejectDetail, UnmaskedReject } from '../contract/schemas/rejects.ts';
import type { MessageProperties } from '../contract/wire.ts';
import { readableHeaders } from '../messages/readable-headers.ts';

import { hiddenBody, maskBody, withoutOpenEnd } from './mask-body.ts';
import { maskHeaders, maskProperties, maskProperty } from './mask-wire.ts';
import type { CompiledRules } from './compile-rules.ts';
import { Masking, type Keys, type ReadKeys } from './masking.ts';

/** Lists cut error messages after so many characters. */
const CUT_AFTER = 500;

/** A message as lists show it. */
export function maskMessage(message: Message, rules: CompiledRules): Message {
  return maskRow(message, new Masking(rules, message.keys));
}

function maskRow<Row extends Message>(message: Row, masking: Masking): Row {
  return {
    ...message,
    routingKey: masking.optional(message.routingKey),
    routingKeys: message.routingKeys.map((key) => masking.text(key)),
    errorType: masking.optional(message.errorType),
    errorMessage: maskCutText(message.errorMessage, masking),
    keys: masking.keys(message.keys),
    messageId: maskProperty(masking, 'messageId', message.messageId),
    correlationId: maskProperty(masking, 'correlationId', message.correlationId),
    contentType: masking.optional(message.contentType),
  };
}

/** What was cut off may have been cut within something that is masked. */
function maskCutText(text: string | null, masking: Masking): string | null {
  if (text === null || text.length < CUT_AFTER) return masking.optional(text);
  return masking.text(`${withoutOpenEnd(text)}…`);
}

/** A message with everything that is known of it. `readWhole` gives the bytes of its body where the preview has not all of them. */
export async function maskDetail(
  detail: UnmaskedDetail,
  rules: CompiledRules,
  readWhole: () => Promise<Buffer>,
): Promise<MessageDetail> {
  const masking = new Masking(rules, detail.keys);
  const headersTyped = maskHeaders(detail.headersTyped, masking);
  const { envelope, bodyPreview, resendable } = detail;
  const arrived = envelope && maskHeaders(envelope.headersTyped, masking);
  const masked = {
    // The error is whole here.
    ...maskRow({ ...detail, errorMessage: null }, masking),
    errorMessage: masking.optional(detail.errorMessage),
    stackTrace: masking.optional(detail.stackTrace),
    properties: maskProperties(detail.properties, masking),
    headers: readableHeaders(headersTyped),
    headersTyped,
    envelope:
      envelope === null || arrived === null
        ? null
        : {
            ...envelope,
            properties: maskProperties(envelope.properties, masking),
            headers: readableHeaders(arrived),
            headersTyped: arrived,
          },
    bodyPreview:
      bodyPreview &&
      (await maskBody(
        { preview: bodyPreview, contentType: detail.contentType, size: detail.bodySize, readWhole },
        masking,
      )),
    deaths: detail.deaths.map((death) => maskDeath(death, masking)),
    resendable: {
      ...resendable,
      ...(resendable.params === undefined ? {} : { params: maskTexts(resendable.params, masking) }),
    },
    edits: detail.edits.map((edit) => maskEdit(edit, masking)),
  };
  return { ...masked, masked: masking.summary };
}

export function maskDeath(death: Death, masking: Masking): Death {
  return {
    ...death,
    routingKeys: death.routingKeys.map((key) => masking.text(key)),
    errorType: masking.optional(death.errorType),
    errorMessage: masking.optional(death.errorMessage),
    stackTrace: masking.optional(death.stackTrace),
  };
}

function maskEdit(edit: Edit, masking: Masking): Edit {
  const values = (name: string, list: readonly string[]) => list.map((value) => masking.keyValue(name, value));
  const keys = edit.changed.keys.map(({ name, before, after }) => ({
    name,
    before: values(name, before),
    after: values(name, after),
  }));
  return { ...edit, changed: { ...edit.changed, keys } };
}

export function maskTexts(texts: Readonly<Record<string, string>>, masking: Masking): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, masking.text(value)]));
}

/** `keysOf`: the business keys of the messages in it, by their ids. */
export function maskTimeline(
  entries: readonly TimelineEntry[],
  rules: CompiledRules,
  keysOf: ReadonlyMap<string, Keys>,
): TimelineEntry[] {
  return entries.map((entry) => maskTimelineEntry(entry, new Masking(rules, keysOf.get(entry.messageId))));
}

function maskTimelineEntry(entry: TimelineEntry, masking: Masking): TimelineEntry {
  if (entry.kind === 'died') return { ...entry, death: maskDeath(entry.death, masking) };
  if (entry.kind !== 'operation') return entry;
  return { ...entry, routingKey: masking.optional(entry.routingKey), reason: masking.optional(entry.reason) };
}

/**
 * One that was not stored. Its keys are read from what is shown of it; where that is not all of it, its body is hidden
 * from rules that go by keys.
 */
export async function maskReject(
  reject: UnmaskedReject,
  rules: CompiledRules,
  readKeys: ReadKeys,
): Promise<RejectDetail> {
  const { bodyPreview, contentType, headersTyped: headers, properties } = reject;
  const body = Buffer.from(bodyPreview?.text ?? '', bodyPreview?.encoding);
  const masking = new Masking(rules, readKeys({ properties: properties as MessageProperties, headers, body }));
  const headersTyped = maskHeaders(headers, masking);
  const isPartOfKeyed = bodyPreview?.truncated === true && rules.keys.size > 0;
  const masked = {
    ...reject,
    text: maskWords(reject.text, rules, masking),
    routingKey: masking.text(reject.routingKey),
    contentType: masking.optional(contentType),
    properties: maskProperties(properties, masking),
    headers: readableHeaders(headersTyped),
    headersTyped,
    bodyPreview: isPartOfKeyed
      ? hiddenBody(masking, 'tooLarge')
      : bodyPreview &&
        (await maskBody({ preview: bodyPreview, contentType, size: Infinity, readWhole: notRead }, masking)),
  };
  return { ...masked, masked: masking.summary };
}

/** The database's words can quote any part of a message, also a key that nobody has read from it. */
export function maskWords(text: string, rules: CompiledRules, masking = new Masking(rules)): string {
  const [rule] = rules.keys.values();
  return rule === undefined || text === '' ? masking.text(text) : masking.hide(rule);
}

function notRead(): Promise<Buffer> {
  return Promise.reject(new Error('Larger bodies are not read.'));
}
