import type { BrokerTerms } from '../amqp/broker-terms.ts';
import { tooLargeText } from '../amqp/publish-checks.ts';
import { describeParts, unsendableParts } from '../amqp/unsendable-parts.ts';
import type { ItemError } from '../contract/errors.ts';
import type { InexactPart } from '../contract/inexact.ts';
import type { Target } from '../contract/schemas/operations.ts';
import type { HeaderTable, MessageProperties } from '../contract/wire.ts';

import { messageToResend } from './message-to-resend.ts';

/** What decides whether, and where to, a message can be resent. All of its latest death. */
export interface ResendFacts {
  /** The exchange and keys it was published with, the queue it failed in; null and [] where nobody recorded them. */
  exchange: string | null;
  routingKeys: readonly string[];
  queue: string | null;
  /** Its contents were removed after their retention term. */
  contentsPurged: boolean;
  /** Of the body, in bytes. */
  bodySize: number;
  /** Header names that were added because it failed: by the diagnosis, and by the dead queue's setting. */
  stripHeaders: readonly string[];
  /** Parts that the envelope in which it arrived did not hold exactly. */
  inexactParts: readonly string[];
  /** Left out where they are not at hand: then only the facts above count. */
  contents?: { properties: MessageProperties; headers?: HeaderTable };
}

export interface Destination {
  /** '' is the default exchange. */
  exchange: string;
  routingKey: string;
}

/** What the operator chose for a resend. */
export interface ResendChoices {
  target: Target;
  /** As `messageToResend` has them. */
  restoreCc: boolean;
  restoreExpiration: boolean;
  /** Sends what cannot be sent exactly without those parts. */
  sendInexact: boolean;
  /** Sends the edit that the operation took of each message. */
  edited: boolean;
}

export const USUAL_CHOICES: ResendChoices = {
  target: { kind: 'original' },
  restoreCc: false,
  restoreExpiration: false,
  sendInexact: false,
  edited: false,
};

/**
 * Whether a message can be resent, or why not. Its status is another matter. `parts` are those that cannot be sent as
 * they were; of a message that can be resent, because the operator wants it sent without them.
 */
export type Resendable =
  | { ok: true; parts?: InexactPart[] }
  | { ok: false; code: ItemError; params?: Record<string, string>; parts?: InexactPart[] };

/** Where a resend would go. Null when that is not on record: nothing is guessed. */
export function destinationOf(facts: ResendFacts, target: Target = { kind: 'original' }): Destination | null {
  switch (target.kind) {
    case 'original': {
      const [routingKey] = facts.routingKeys;
      return facts.exchange === null || routingKey === undefined ? null : { exchange: facts.exchange, routingKey };
    }
    case 'queue':
      return facts.queue === null ? null : { exchange: '', routingKey: facts.queue };
    case 'custom':
      return { exchange: target.exchange, routingKey: target.routingKey };
  }
}

/** Why a message cannot be resent, as far as is known without trying. Pure. */
export function resendable(facts: ResendFacts, terms: BrokerTerms, choices = USUAL_CHOICES): Resendable {
  return resendableBut(partsOf(facts, terms, choices), facts, terms, choices);
}

/** The same, where it is known already which parts of the message as it would leave cannot be sent as they are. */
export function resendableBut(
  unsendable: readonly InexactPart[],
  facts: Omit<ResendFacts, 'contents'>,
  terms: BrokerTerms,
  choices: ResendChoices,
): Resendable {
  if (facts.contentsPurged) return { ok: false, code: 'item.contentsPurged' };
  if (destinationOf(facts, choices.target) === null) return { ok: false, code: 'item.originUnknown' };
  if (terms.mostBytes !== null && facts.bodySize > terms.mostBytes) {
    const params = { text: tooLargeText(facts.bodySize, terms.mostBytes) };
    return { ok: false, code: 'item.tooLarge', params };
  }
  // Whatever else makes a resend inexact is added to this list; what the operator then decides is the same.
  const parts = [...facts.inexactParts.map(guessedPart), ...unsendable];
  if (parts.length === 0) return { ok: true };
  if (choices.sendInexact) return { ok: true, parts };
  return { ok: false, code: 'item.notExact', params: { parts: describeParts(parts) }, parts };
}

/** What of the contents would not be sent as it was; nothing where they are not at hand. */
function partsOf({ contents, stripHeaders }: ResendFacts, terms: BrokerTerms, choices: ResendChoices): InexactPart[] {
  if (contents === undefined) return [];
  const message = messageToResend(
    { ...contents, body: NO_BODY },
    { ...choices, stripHeaders, user: terms.user, mark: null, isOurMark: () => false },
  );
  return unsendableParts(message, terms);
}

/** As the diagnosis names it: `header retries`, `property priority`, `body`. */
function guessedPart(part: string): InexactPart {
  const [, place, name = ''] = /^(header|property) (.*)$/s.exec(part) ?? [];
  const inside = place === 'header' ? 'headers' : place === 'property' ? 'properties' : 'body';
  return { in: inside, name, why: 'guessed' };
}

const NO_BODY = Buffer.alloc(0);
