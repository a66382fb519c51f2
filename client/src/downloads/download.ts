import { callForStream } from '../api/api-client.ts';
import { MessageCounter } from './message-counter.ts';
import type { WantedDownload } from './downloads-context.ts';

/** How far it is. */
export interface DownloadProgress {
  messages: number;
  bytes: number;
}

/** How often progress is told, in ms: more often nobody reads it. */
const TELL_MS = 200;

/**
 * Reads an export to its end, telling how far it is. The browser keeps what has come on disk; nothing of it is saved
 * before all of it is there, so that half a file is never taken for a whole one.
 *
 * @throws OfficeError, also when it breaks off in the middle; AbortError.
 */
export async function readDownload(
  { path, format, counts, reason }: WantedDownload,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: DownloadProgress) => void },
): Promise<{ content: Blob; name: string; progress: DownloadProgress }> {
  const counter = new MessageCounter(format, counts === 'events');
  let [bytes, told] = [0, 0];
  const { stream, fileName } = await callForStream(
    path,
    signal,
    (chunk) => {
      counter.take(chunk);
      bytes += chunk.length;
      const now = performance.now();
      if (now - told < TELL_MS) return;
      told = now;
      onProgress({ messages: counter.messages, bytes });
    },
    // Never in the address, which is in logs.
    reason === undefined ? {} : { 'x-reveal-reason': encodeURIComponent(reason) },
  );
  const content = await stream;
  return {
    content,
    name: fileName ?? `${counts === 'events' ? 'audit-events' : 'failed-messages'}.${format}`,
    progress: { messages: counter.messages, bytes },
  };
}
