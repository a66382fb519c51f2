import { AUDIT_KINDS } from '../../../server/contract/audit.ts';
import { ITEM_ERRORS } from '../../../server/contract/errors.ts';
import type { TimelineEntry } from '../../../server/contract/schemas/messages.ts';
import type { Text } from '../i18n/use-text.ts';

export interface EventWords {
  what: string;
  /** Null where nobody did it. */
  who: string | null;
  details: string[];
}

/** One entry of a history in plain words, with nothing shortened: for paper. */
export function eventWords(entry: TimelineEntry, again: boolean, text: Text): EventWords {
  switch (entry.kind) {
    case 'died': {
      const { death } = entry;
      if (death.deadQueue === null) return { what: text('timeline.diedElsewhere'), who: null, details: [] };
      const { exchange, routingKeys } = death;
      return {
        what: text(again ? 'timeline.diedAgain' : 'timeline.died', { queue: death.queue ?? death.deadQueue }),
        who: null,
        details: [
          [text(`reason.${death.reason}`), death.errorType].filter((part) => part !== null).join(' · '),
          ...(death.errorMessage === null ? [] : [text('timeline.quote', { text: death.errorMessage })]),
          ...(exchange === null
            ? []
            : [text('timeline.from', { from: `${exchangeName(exchange, text)} / ${routingKeys.join(', ')}` })]),
          ...(death.operationId === null ? [] : [text('timeline.cameBack', { id: death.operationId })]),
        ],
      };
    }
    case 'settled':
      return {
        what: text('timeline.settled'),
        who: null,
        details: [operationText(entry.operationId, text)],
      };
    case 'audit':
      return { what: auditText(entry.event, text), who: entry.actor, details: [] };
    case 'operation': {
      const { action, outcome, exchange, routingKey, reason, error } = entry;
      const ended = outcome === null ? text('timeline.waiting') : text(`outcome.${outcome}`);
      return {
        what: `${text(`action.${action}`)}: ${ended}`,
        who: entry.actor,
        details: [
          operationText(entry.operationId, text),
          ...(entry.editId === null ? [] : [text('timeline.edited')]),
          ...(exchange === null
            ? []
            : [text('timeline.sentTo', { to: `${exchangeName(exchange, text)} / ${routingKey ?? ''}` })]),
          ...(reason === null ? [] : [text('timeline.quote', { text: reason })]),
          ...(error === null ? [] : [itemErrorText(error, text)]),
        ],
      };
    }
  }
}

/** Null: one that the user does not see. */
function operationText(id: string | null, text: Text): string {
  return id === null ? text('timeline.unseenOperation') : text('timeline.operationLink', { id });
}

function exchangeName(exchange: string, text: Text): string {
  return exchange === '' ? text('way.defaultExchange') : exchange;
}

export function auditText(event: string, text: Text): string {
  const kind = AUDIT_KINDS.find((known) => known === event);
  return kind ? text(`audit.${kind}`) : event;
}

export function itemErrorText(error: string, text: Text): string {
  const code = ITEM_ERRORS.find((known) => known === error);
  return code ? text(`items.${code}`) : error;
}
