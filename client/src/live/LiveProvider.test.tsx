import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ChangeKind } from '../../../server/contract/changes.ts';
import { stubEventSource, type FakeEventSource } from '../testing/fake-event-source.ts';
import { FakeOffice } from '../testing/fake-office.ts';
import { fakeMessage } from '../testing/fake-messages.ts';
import { renderApp } from '../testing/render-app.tsx';

let streams: readonly FakeEventSource[];
let office: FakeOffice;
beforeEach(() => {
  streams = stubEventSource();
  office = new FakeOffice();
});
afterEach(() => {
  Reflect.deleteProperty(document, 'visibilityState');
});

/** The stream that is open; there is never more than one. */
async function openStream(): Promise<FakeEventSource> {
  return await waitFor(() => {
    const open = streams.filter(({ isOpen }) => isOpen);
    const [only] = open;
    if (open.length !== 1 || only === undefined) throw new Error(`${open.length} streams are open.`);
    return only;
  });
}

async function tell(kind: ChangeKind, position: string): Promise<void> {
  const stream = await openStream();
  act(() => {
    stream.connect();
    stream.say({ type: 'changes', reset: false, changes: [{ id: position, kind, subjectId: null }] }, position);
  });
}

function show(visibilityState: 'visible' | 'hidden'): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: visibilityState });
  act(() => {
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

const askedFor = (path: string) => office.seen.filter((seen) => seen.path === path).length;

describe('What somebody else did', () => {
  it('is on the screen at once: resends that were frozen', async () => {
    await renderApp('/operations', { office });
    await screen.findByRole('heading', { level: 1 });
    office.settings.resendsFrozen = { reason: 'API down', by: 'kim', since: new Date().toISOString() };
    await tell('settings', '1');
    expect(await screen.findByTestId('frozen-banner', undefined, { timeout: 2_000 })).toBeTruthy();
  });

  it('changes messages where they stand: no row moves, and the list says what it holds back', async () => {
    await renderApp('/messages', { office });
    const rows = async () => (await screen.findAllByRole('checkbox', { name: /^Select message/ })).map(nameOf);
    const before = await rows();
    const asked = askedFor('/api/messages');
    office.messages = office.messages.map((message, number) =>
      number === 1 ? { ...message, status: 'deleted' as const, version: message.version + 1 } : message,
    );
    office.messages.unshift(fakeMessage(0, { id: '99999', failedAt: '2026-11-22T03:11:00.000Z' }));
    await tell('operations', '1');
    const [changed] = await screen.findAllByText('deleted');
    expect(changed?.closest('tr')?.textContent).toContain('notice.send');
    expect(await rows()).toEqual(before);
    expect(askedFor('/api/messages')).toBeGreaterThan(asked);
    fireEvent.click(await screen.findByRole('button', { name: /new, show|changed state, refresh/ }));
    await waitFor(async () => {
      expect(await rows()).not.toEqual(before);
    });
    expect(within(await screen.findByRole('table')).queryByText('deleted')).toBeNull();
  });
});

describe('The event stream', () => {
  it('is closed while the tab is hidden, and goes on from where it was', async () => {
    await renderApp('/operations', { office });
    expect((await openStream()).url).toBe('/api/events');
    await tell('groups', '1700000000000');
    show('hidden');
    expect(streams.filter(({ isOpen }) => isOpen)).toHaveLength(0);
    show('visible');
    expect((await openStream()).url).toBe('/api/events?lastEventId=1700000000000');
  });

  it('is closed while the user has paused: then nothing is asked', async () => {
    await renderApp('/operations', { office });
    await tell('groups', '7');
    fireEvent.click(await screen.findByRole('button', { name: /^Live/i }));
    expect(streams.filter(({ isOpen }) => isOpen)).toHaveLength(0);
    fireEvent.click(screen.getByRole('button', { name: /^Paused/i }));
    expect((await openStream()).url).toBe('/api/events?lastEventId=7');
  });

  it('asks for everything anew when it was away for too long', async () => {
    await renderApp('/operations', { office });
    const stream = await openStream();
    await waitFor(() => {
      expect(askedFor('/api/operations')).toBeGreaterThan(0);
      expect(askedFor('/api/settings')).toBeGreaterThan(0);
    });
    const before = [askedFor('/api/operations'), askedFor('/api/settings')] as const;
    act(() => {
      stream.connect();
      stream.say({ type: 'changes', reset: true, changes: [] }, '9');
    });
    await waitFor(
      () => {
        expect(askedFor('/api/operations')).toBeGreaterThan(before[0]);
        expect(askedFor('/api/settings')).toBeGreaterThan(before[1]);
      },
      { timeout: 2_000 },
    );
  });

  it('is opened anew where the browser gave up, from where it was', async () => {
    await renderApp('/operations', { office });
    await tell('groups', '7');
    const stream = await openStream();
    vi.useFakeTimers();
    try {
      act(() => {
        stream.refuse();
      });
      expect(streams.filter(({ isOpen }) => isOpen)).toHaveLength(0);
      act(() => {
        vi.advanceTimersByTime(5_000);
      });
      expect(streams.filter(({ isOpen }) => isOpen).map(({ url }) => url)).toEqual(['/api/events?lastEventId=7']);
    } finally {
      vi.useRealTimers();
    }
  });
});

function nameOf(element: HTMLElement): string | null {
  return element.getAttribute('aria-label');
}
