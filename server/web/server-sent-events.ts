import type { Response } from 'express';

import { AppError } from './app-error.ts';

/** Comments that keep proxies from cutting a quiet stream. */
const HEARTBEAT_MS = 15_000;
/** The browser connects again by itself after a stream ends; so who may listen is asked again from time to time. */
const MAX_AGE_MS = 10 * 60_000;
const RECONNECT_MS = 2_000;
/** A client that does not read is let go when so many bytes wait for it. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** Windows that one user has open, on all machines together. */
const MOST_OF_ONE_USER = 20;

/** One open stream of server-sent events. */
export interface EventStream {
  /**
   * JSON by one event; the client comes back with the last `id` (no line breaks) that it was given. False when the stream
   * has ended; a client that does not keep up is cut off.
   */
  send: (event: string, data: unknown, id?: string) => boolean;
  /** The client connects again, and is asked who it is. */
  end: () => void;
}

/**
 * The open event streams of this process.
 *
 * | a stream is | until |
 * |---|---|
 * | open | the client goes, is too slow, its age is reached, or `close()` |
 * | ended | for good: a browser connects again, with the last id that it was given |
 */
export class EventStreams {
  readonly #open = new Map<() => void, { stream: EventStream; userId: string }>();
  #closed = false;

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Answers a user's request with a stream. `onEnd` is called once, whatever ends it.
   *
   * @throws AppError `request.tooMany` for one stream too many of the same user.
   */
  open(response: Response, userId: string, onEnd: () => void): EventStream {
    const own = [...this.#open.values()].filter((one) => one.userId === userId);
    if (own.length >= MOST_OF_ONE_USER) {
      throw new AppError('request.tooMany', { retryAfterSeconds: 5, params: { seconds: 5 } });
    }
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // nginx would collect events otherwise.
      'X-Accel-Buffering': 'no',
    });
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearInterval(heartbeat);
      clearTimeout(age);
      this.#open.delete(end);
      response.end();
      onEnd();
    };
    const write = (text: string): boolean => {
      if (ended) return false;
      if (response.writableLength > MOST_WAITING_BYTES) {
        // What waits would never be read: no polite end.
        response.destroy();
        end();
        return false;
      }
      response.write(text);
      return true;
    };
    const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS);
    const age = setTimeout(end, MAX_AGE_MS);
    response.on('close', end);
    response.on('error', end);
    // JSON has no line breaks, so one data line carries it.
    const stream: EventStream = {
      end,
      send: (event, data, id) =>
        write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    };
    this.#open.set(end, { stream, userId });
    write(`retry: ${RECONNECT_MS}\n\n`);
    // HEAD asks for what stands above alone.
    if (this.#closed || response.req.method === 'HEAD') end();
    return stream;
  }

  /** Says the same to everybody. */
  tell(event: string, data: unknown): void {
    for (const { stream } of [...this.#open.values()]) stream.send(event, data);
  }

  /** Ends all streams, and those that are asked for later: the process is about to stop. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#open.keys()]) end();
  }
}
