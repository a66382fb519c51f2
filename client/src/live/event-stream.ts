import type { Operation, OperationEvent } from '../../../server/contract/schemas/operations.ts';

export interface EventStreamHandlers {
  onOperation: (operation: Operation) => void;
  /** The office or what it needs went or came back. */
  onHealth: () => void;
  onConnected: (connected: boolean) => void;
}

/**
 * Follows `GET /api/events`. The browser itself connects again after a cut; where it gives up (the session has ended,
 * or the office says no), `onConnected(false)` stands and the screens poll.
 * Answers the function that closes it.
 */
export function followEvents({ onOperation, onHealth, onConnected }: EventStreamHandlers): () => void {
  if (typeof EventSource === 'undefined') return () => undefined;
  const source = new EventSource('/api/events');
  const take = (event: MessageEvent<string>) => {
    const operation = readOperation(event.data);
    if (operation) onOperation(operation);
  };
  source.addEventListener('message', take);
  source.addEventListener('operation', take);
  source.addEventListener('health', onHealth);
  source.addEventListener('open', () => {
    onConnected(true);
  });
  source.addEventListener('error', () => {
    onConnected(false);
  });
  return () => {
    source.close();
    onConnected(false);
  };
}

/** An event of a kind that this version does not know is left alone. */
function readOperation(data: string): Operation | undefined {
  try {
    const event = JSON.parse(data) as Partial<OperationEvent> | null;
    return event?.type === 'operation' ? event.operation : undefined;
  } catch {
    return undefined;
  }
}
