import type { ChangesEvent, HealthEvent } from '../../../server/contract/schemas/events.ts';
import type { Operation, OperationEvent } from '../../../server/contract/schemas/operations.ts';

export interface EventStreamHandlers {
  onOperation: (operation: Operation) => void;
  /** What anybody changed, and from where a stream that is opened later goes on. */
  onChanges: (event: ChangesEvent, position: string) => void;
  /** The office or what it needs went or came back. */
  onHealth: () => void;
  onConnected: (connected: boolean) => void;
}

type OfficeEvent = OperationEvent | ChangesEvent | HealthEvent;

/** The browser gives up where the office answers with a refusal, as it does while it starts. */
const REOPEN_MS = 5_000;

/**
 * Follows `GET /api/events`, from a position on if there is one. The browser itself connects again after a cut; where it
 * gives up, the stream is opened anew after a while. Meanwhile `onConnected(false)` stands, and the screens poll.
 * Answers the function that closes it.
 */
export function followEvents(from: string | undefined, handlers: EventStreamHandlers): () => void {
  if (typeof EventSource === 'undefined') return () => undefined;
  let position = from;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  const open = (): EventSource => {
    const opened = new EventSource(
      position === undefined ? '/api/events' : `/api/events?lastEventId=${encodeURIComponent(position)}`,
    );
    const take = ({ data, lastEventId }: MessageEvent<string>) => {
      const event = readEvent(data);
      if (event?.type === 'operation') handlers.onOperation(event.operation);
      else if (event?.type === 'health') handlers.onHealth();
      else if (event?.type === 'changes') {
        position = lastEventId;
        handlers.onChanges(event, lastEventId);
      }
    };
    for (const name of ['operation', 'health', 'changes'] satisfies OfficeEvent['type'][]) {
      opened.addEventListener(name, take);
    }
    opened.addEventListener('open', () => {
      handlers.onConnected(true);
    });
    opened.addEventListener('error', () => {
      handlers.onConnected(false);
      if (opened.readyState !== EventSource.CLOSED) return;
      reopening = setTimeout(() => {
        source = open();
      }, REOPEN_MS);
    });
    return opened;
  };
  let source = open();
  return () => {
    clearTimeout(reopening);
    source.close();
    handlers.onConnected(false);
  };
}

/** Undefined for what is no event of the office. */
function readEvent(data: string): OfficeEvent | undefined {
  try {
    return (JSON.parse(data) as OfficeEvent | null) ?? undefined;
  } catch {
    return undefined;
  }
}
