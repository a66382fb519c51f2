import type { Header, HeaderTable } from '../amqp/message.ts';
import { OFFICE_HEADER } from '../amqp/publish-checks.ts';
import type { HeaderSource } from '../contract/messages.ts';

import { BROKER_HEADERS, headersForResend } from './broker-headers.ts';

const BROKER: ReadonlySet<string> = new Set(BROKER_HEADERS);

/**
 * Where each header comes from, in their order. `strip` are the names that say so for the framework: by the diagnosis,
 * and by the dead queue's setting. A table of which only some fields are notes of the failure is the framework's too.
 */
export function headerSources(headers: HeaderTable, strip: readonly string[]): HeaderSource[] {
  return headers.map((header) => sourceOf(header, strip));
}

function sourceOf(header: Header, strip: readonly string[]): HeaderSource {
  if (BROKER.has(header.name)) return 'broker';
  if (header.name === OFFICE_HEADER) return 'office';
  const [sent] = headersForResend([header], strip);
  // What a resend changes, or does not send, was put there because it failed.
  return sent === header ? 'application' : 'framework';
}
