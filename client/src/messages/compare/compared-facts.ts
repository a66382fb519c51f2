import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import type { Text } from '../../i18n/use-text.ts';
import { formatBytes } from '../../show/numbers.ts';
import { differenceOf, type Difference } from './difference.ts';

export interface ComparedFact {
  name: string;
  difference: Difference;
  left: string | undefined;
  right: string | undefined;
}

type Read = (message: MessageDetail) => string | number | null | undefined;

/** What is known of two messages beside each other: where they were, what they are, and their properties. */
export function comparedFacts(left: MessageDetail, right: MessageDetail, text: Text, locale: string): ComparedFact[] {
  const read: [string, Read][] = [
    [text('column.status'), ({ status }) => text(`status.${status}`)],
    [text('column.orderId'), ({ keys }) => keys['orderId']?.join(', ')],
    [text('column.queue'), ({ queue }) => queue],
    [text('column.exchange'), ({ exchange }) => (exchange === '' ? text('way.defaultExchange') : exchange)],
    [text('column.routingKey'), ({ routingKeys }) => routingKeys.join(', ')],
    [text('column.deadQueue'), ({ deadQueue }) => deadQueue],
    [text('column.failureCount'), ({ failureCount }) => failureCount],
    [text('column.bodySize'), ({ bodySize }) => formatBytes(bodySize, locale)],
  ];
  return [...read.map(([name, of]) => compared(name, of(left), of(right))), ...comparedProperties(left, right)];
}

/** What they say of the failure, all but the stack trace. */
export function comparedErrors(left: MessageDetail, right: MessageDetail, text: Text): ComparedFact[] {
  const read: [string, Read][] = [
    [text('column.reason'), ({ reason }) => text(`reason.${reason}`)],
    [text('error.type'), ({ errorType }) => errorType],
    [text('error.message'), ({ errorMessage }) => errorMessage],
    [text('error.retries'), ({ retryCount }) => retryCount],
    [text('error.framework'), ({ framework }) => framework],
  ];
  return read.map(([name, of]) => compared(name, of(left), of(right)));
}

/** By their names in AMQP, in the order in which the messages have them. */
function comparedProperties(left: MessageDetail, right: MessageDetail): ComparedFact[] {
  const [one, other] = [propertiesOf(left), propertiesOf(right)];
  return [...new Set([...one.keys(), ...other.keys()])].map((name) => compared(name, one.get(name), other.get(name)));
}

function propertiesOf({ properties: { raw: _raw, ...properties } }: MessageDetail): Map<string, string> {
  return new Map(
    Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function compared(name: string, left: ReturnType<Read>, right: ReturnType<Read>): ComparedFact {
  const [one, other] = [left, right].map((value) =>
    value === null || value === undefined || value === '' ? undefined : String(value),
  );
  return { name, difference: differenceOf(one, other), left: one, right: other };
}
