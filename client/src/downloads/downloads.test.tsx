import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';

/** An export whose pieces come when the test says so. */
class Export {
  readonly #pipe = new TransformStream<Uint8Array>();
  readonly #writer = this.#pipe.writable.getWriter();
  readonly response = () =>
    new Response(this.#pipe.readable, {
      headers: { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="failed-messages.csv"' },
    });
  send = (text: string) => this.#writer.write(new TextEncoder().encode(text));
  end = () => this.#writer.close();
  breakOff = () => this.#writer.abort(new TypeError('network error'));
}

/** What was handed to the browser to be saved. */
let saved: Blob[];

beforeEach(() => {
  saved = [];
  // jsdom has no files to save to.
  Object.assign(URL, {
    createObjectURL: (blob: Blob) => {
      saved.push(blob);
      return '#saved';
    },
    revokeObjectURL: () => undefined,
  });
});
afterEach(() => {
  Reflect.deleteProperty(URL, 'createObjectURL');
  Reflect.deleteProperty(URL, 'revokeObjectURL');
});

async function exportCsv(): Promise<Export> {
  const office = new FakeOffice();
  const running = new Export();
  office.faults.push({ path: /^\/api\/messages\/export\?format=csv/, answer: running.response });
  await renderApp('/messages', { office });
  fireEvent.click(await screen.findByRole('button', { name: 'Export' }));
  fireEvent.click(await screen.findByRole('menuitem', { name: /CSV/ }));
  return running;
}

describe('An export', () => {
  it('says how far it is on whichever screen, and is saved when all of it has come', async () => {
    const running = await exportCsv();
    await running.send('id\r\n1\r\n2\r\n');
    await screen.findByText(/2 of 12 messages · 10 B/);
    fireEvent.click(screen.getByRole('link', { name: 'Audit' }));
    expect(await screen.findByText(/2 of 12 messages/)).toBeTruthy();
    expect(saved).toEqual([]);
    await running.send('3\r\n');
    await running.end();
    await screen.findByText('Exported');
    expect(screen.getByText(/3 messages · 13 B/)).toBeTruthy();
    expect(await saved[0]?.text()).toBe('id\r\n1\r\n2\r\n3\r\n');
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByText('Exported')).toBeNull();
  });

  it('that breaks off saves nothing, and can be asked for again', async () => {
    const running = await exportCsv();
    await running.send('id\r\n1\r\n');
    await screen.findByText(/1 of 12 messages/);
    await running.breakOff();
    await screen.findByText('The export broke off');
    expect(screen.getByText('No file was saved.')).toBeTruthy();
    expect(saved).toEqual([]);
    expect(screen.getByRole('button', { name: 'Export again' })).toBeTruthy();
  });

  it('can be cancelled, and closing the tab meanwhile asks', async () => {
    const running = await exportCsv();
    await running.send('id\r\n1\r\n');
    await screen.findByText(/1 of 12 messages/);
    const asks = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(asks()).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => {
      expect(screen.queryByText(/of 12 messages/)).toBeNull();
    });
    expect([asks(), saved]).toEqual([false, []]);
  });
});
