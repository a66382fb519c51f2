import { officeEvent } from '../../server/contract/schemas/events.ts';

export interface StreamedEvent {
  name: string;
  /** The id that a stream is taken up again by; only changes bear one. */
  id: string | null;
  data: ReturnType<typeof officeEvent.parse>;
  /** By the monotonic clock, in ms. */
  at: number;
}

/** An open event stream as a script would read it: every event is checked against the contract. */
export interface TestStream {
  status: number;
  contentType: string | null;
  events: StreamedEvent[];
  /** The changes told so far, in their order. */
  changes: () => { id: string; kind: string; subjectId: string | null }[];
  /** The last position told. */
  position: () => string | null;
  /** Resolves when the office ends it, or it was closed. */
  ended: Promise<void>;
  close: () => Promise<void>;
}

/** Opens `GET /api/events` of an office. The headers say who asks. */
export async function openEventStream(
  url: string,
  headers: Record<string, string>,
  { lastEventId }: { lastEventId?: string } = {},
): Promise<TestStream> {
  const aborting = new AbortController();
  const query = lastEventId === undefined ? '' : `?lastEventId=${lastEventId}`;
  const response = await fetch(`${url}/api/events${query}`, { headers, signal: aborting.signal });
  const events: StreamedEvent[] = [];
  const ended = readInto(events, response).catch((error: unknown) => {
    if (!aborting.signal.aborted) throw error;
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    events,
    changes: () => events.flatMap(({ data }) => (data.type === 'changes' ? data.changes : [])),
    position: () => events.findLast(({ id }) => id !== null)?.id ?? null,
    ended,
    close: async () => {
      aborting.abort();
      await ended;
    },
  };
}

async function readInto(events: StreamedEvent[], response: Response): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data === undefined) continue;
      events.push({
        name: field('event') ?? 'message',
        id: field('id') ?? null,
        data: officeEvent.parse(JSON.parse(data)),
        at: performance.now(),
      });
    }
  }
}
