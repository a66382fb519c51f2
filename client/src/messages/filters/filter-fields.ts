import { FAILURE_REASONS } from '../../../../server/contract/messages.ts';
import type { Message } from '../../../../server/contract/schemas/messages.ts';
import type { MessageFilterName } from '../message-list-spec.ts';

/** How the value of a filter is asked for. */
export type FilterField =
  | { name: MessageFilterName; kind: 'exact'; suggest?: (message: Message) => readonly (string | null)[] }
  | { name: MessageFilterName; kind: 'words' }
  | { name: MessageFilterName; kind: 'number' }
  | { name: MessageFilterName; kind: 'choice'; values: readonly string[] }
  | { name: 'failedAfter'; kind: 'time' };

/** The filters that can be added by hand, in the order of the menu. Others come by links (group, operation, outcome). */
export const FILTER_FIELDS: readonly FilterField[] = [
  { name: 'orderId', kind: 'exact', suggest: ({ keys }) => keys['orderId'] ?? [] },
  { name: 'queue', kind: 'exact' },
  { name: 'deadQueue', kind: 'exact' },
  { name: 'errorType', kind: 'exact' },
  { name: 'text', kind: 'words' },
  { name: 'reason', kind: 'choice', values: FAILURE_REASONS },
  { name: 'failedAfter', kind: 'time' },
  { name: 'exchange', kind: 'exact' },
  { name: 'routingKey', kind: 'exact', suggest: ({ routingKey }) => [routingKey] },
  { name: 'messageId', kind: 'exact' },
  { name: 'correlationId', kind: 'exact' },
  { name: 'minFailureCount', kind: 'number' },
  { name: 'possibleDuplicate', kind: 'choice', values: ['true', 'false'] },
];

export const TIME_PRESETS = ['-15m', '-1h', '-6h', '-1d', '-7d'] as const;
