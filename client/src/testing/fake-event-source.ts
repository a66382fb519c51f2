import { vi } from 'vitest';

import type { officeEvent } from '../../../server/contract/schemas/events.ts';

type OfficeEvent = ReturnType<typeof officeEvent.parse>;

/** The browser's event source, which jsdom has not: the test says what the office says. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  readonly url: string;
  readyState = 0;

  constructor(url: string) {
    super();
    this.url = url;
    streams.push(this);
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }

  get isOpen(): boolean {
    return this.readyState !== FakeEventSource.CLOSED;
  }

  /** The office answers. */
  connect(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  /** The office refuses: the browser gives up. */
  refuse(): void {
    this.readyState = FakeEventSource.CLOSED;
    this.dispatchEvent(new Event('error'));
  }

  say(event: OfficeEvent, lastEventId = ''): void {
    this.dispatchEvent(new MessageEvent(event.type, { data: JSON.stringify(event), lastEventId }));
  }
}

let streams: FakeEventSource[] = [];

/** Gives the page an event source. Answers the streams that it opens from now on, oldest first. */
export function stubEventSource(): readonly FakeEventSource[] {
  streams = [];
  vi.stubGlobal('EventSource', FakeEventSource);
  return streams;
}
