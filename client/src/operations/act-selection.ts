import type { Message, MessageFilter } from '../../../server/contract/schemas/messages.ts';

/** What an act is on: messages that were ticked one by one, or all that match a filter. */
export type ActSelection =
  { kind: 'messages'; messages: readonly Message[] } | { kind: 'filter'; filter: MessageFilter };
