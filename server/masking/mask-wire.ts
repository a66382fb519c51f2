import type { z } from 'zod';

import { MASK } from '../contract/masking.ts';
import type { properties as shownProperties } from '../contract/schemas/messages.ts';
import type { Header, HeaderTable, TextProperty, TypedValue } from '../contract/wire.ts';

import type { Masking } from './masking.ts';

type Properties = z.infer<typeof shownProperties>;

/** How properties are named where they stand beside headers. */
const PROPERTY_NAMES: Readonly<Partial<Record<string, string>>> = {
  contentType: 'content-type',
  contentEncoding: 'content-encoding',
  deliveryMode: 'delivery-mode',
  correlationId: 'correlation-id',
  replyTo: 'reply-to',
  messageId: 'message-id',
  userId: 'user-id',
  appId: 'app-id',
  clusterId: 'cluster-id',
};

/** The rule that masks a property: by its name here, or as AMQP writes it. */
export function ruleOfProperty(masking: Masking, name: string): string | undefined {
  return masking.ruleOfHeader(name) ?? masking.ruleOfHeader(PROPERTY_NAMES[name] ?? name);
}

/** One text property, as lists show it. */
export function maskProperty(masking: Masking, name: TextProperty, value: string | null): string | null {
  if (value === null) return null;
  const rule = ruleOfProperty(masking, name);
  return rule === undefined ? masking.text(value) : masking.hide(rule);
}

export function maskHeaders(headers: HeaderTable, masking: Masking): HeaderTable {
  return headers.map((header): Header => {
    const { name, rawName, ...value } = header;
    const rule = masking.ruleOfHeader(name);
    const masked: TypedValue = rule === undefined ? maskValue(value, masking) : hidden(masking, rule);
    return { name, ...(rawName === undefined ? {} : { rawName }), ...masked };
  });
}

function maskValue(value: TypedValue, masking: Masking): TypedValue {
  switch (value.type) {
    case 'string':
      if (typeof value.value !== 'string') return maskBytes(value, value.value.base64, masking);
      return { ...value, value: masking.text(value.value) };
    case 'bytes':
    case 'unparsed':
      return maskBytes(value, value.value, masking);
    case 'table':
      return { type: 'table', value: maskHeaders(value.value, masking) };
    case 'array':
      return { type: 'array', value: value.value.map((one) => maskValue(one, masking)) };
    case 'boolean':
    case 'void':
      return masking.rules.notUnderstood ? hidden(masking, '') : value;
    case 'decimal':
      return masking.isMaskedNumber(String(value.value.digits)) ? hidden(masking, '') : value;
    default:
      return masking.isMaskedNumber(String(value.value)) ? { type: 'string', value: MASK } : value;
  }
}

/** Bytes are looked at as the text that they may be. */
function maskBytes(value: TypedValue, base64: string, masking: Masking): TypedValue {
  const bytes = Buffer.from(base64, 'base64');
  return (['utf8', 'latin1'] as const).every((encoding) => {
    const text = bytes.toString(encoding);
    return masking.text(text) === text;
  })
    ? value
    : { type: 'string', value: MASK };
}

/** The type of a masked value goes with it. */
function hidden(masking: Masking, rule: string): TypedValue {
  return { type: 'string', value: masking.hide(rule) };
}

export function maskProperties(properties: Properties, masking: Masking): Properties {
  const { raw, ...texts } = properties;
  const masked = new Map<string, unknown>();
  const keptRaw: Partial<Record<TextProperty, string>> = {};
  for (const [name, value] of Object.entries(texts)) {
    if (value === undefined) continue;
    const rule = ruleOfProperty(masking, name);
    // Delivery mode and priority say nothing of anybody.
    if (typeof value === 'number') masked.set(name, value);
    else masked.set(name, rule === undefined ? masking.text(value) : masking.hide(rule));
  }
  for (const [name, base64] of Object.entries(raw ?? {}) as [TextProperty, string][]) {
    if (ruleOfProperty(masking, name) !== undefined) continue;
    const whole = maskBytes({ type: 'bytes', value: base64 }, base64, masking);
    if (whole.type === 'bytes') keptRaw[name] = base64;
    else masked.set(name, MASK);
  }
  return {
    ...(Object.fromEntries(masked) as Properties),
    ...(Object.keys(keptRaw).length === 0 ? {} : { raw: keptRaw }),
  };
}
