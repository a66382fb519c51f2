import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

const rowOf = async (text: RegExp) => {
  const cell = (await screen.findAllByText(text))[0];
  const row = cell?.closest('tr');
  if (!row) throw new Error(`No row has ${String(text)}.`);
  return row;
};
const boxes = async () => screen.findAllByRole('checkbox', { name: /^Select message/ });

describe('The list of failed messages', () => {
  it('shows what waits: when, where, what error, which orders, how often, and its state', async () => {
    await renderApp('/messages');
    const row = await rowOf(/ORD-20261122-000000/);
    for (const text of ['orders.cancel', 'TimeoutError', 'Order API timed out after 3000 ms', '+2', '×1', 'pending']) {
      expect(within(row).getByText(text)).toBeTruthy();
    }
    expect(within(row).getByRole('link', { name: 'ORD-20261122-000000' }).getAttribute('href')).toBe(
      '#/orders/ORD-20261122-000000',
    );
    expect(row.querySelector('time')?.getAttribute('datetime')).toBe('2026-11-22T03:10:42.000Z');
    expect(screen.getByTestId('range').textContent).toBe('1–12 of 12');
  });

  it('has the filters in its address, as chips, and asks the office in the same words', async () => {
    const office = await renderApp('/messages?queue=notice.send&reason=error');
    await rowOf(/Unknown template/);
    expect(screen.getByTestId('filter-queue').textContent).toContain('notice.send');
    expect(screen.queryByText('orders.cancel')).toBeNull();
    const asked = office.seen.find(({ path, query }) => path === '/api/messages' && query.get('perPage') === '25');
    expect(asked?.query.toString()).toBe('queue=notice.send&reason=error&status=pending&perPage=25&sort=-failedAt');
    fireEvent.click(within(screen.getByTestId('filter-queue')).getByTestId('CancelIcon'));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?reason=error');
    });
  });

  it('adds a filter', async () => {
    await renderApp('/messages');
    fireEvent.click(await screen.findByRole('button', { name: 'Add a filter' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Order ID' }));
    fireEvent.change(await screen.findByRole('combobox', { name: 'Order ID' }), {
      target: { value: ' ORD-20261122-000012 ' },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?orderId=ORD-20261122-000012');
    });
    await waitFor(async () => {
      expect(await boxes()).toHaveLength(1);
    });
  });

  it('gives each checkbox the name of its message', async () => {
    await renderApp('/messages');
    expect((await boxes())[0]?.getAttribute('aria-label')).toBe(
      'Select message 89000: orders.cancel, TimeoutError, ORD-20261122-000000',
    );
  });

  it('opens a message by a click anywhere on its row, but not by one on its checkbox', async () => {
    await renderApp('/messages');
    const [box] = await boxes();
    if (box) fireEvent.click(box);
    expect(currentAddress()).toBe('/messages');
    fireEvent.click(within(await rowOf(/ORD-20261122-000000/)).getByText('orders.cancel'));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages/89000');
    });
  });

  it('keeps the selection over pages, and forgets it when another filter shows other messages', async () => {
    await renderApp('/messages?perPage=5');
    for (const box of (await boxes()).slice(0, 2)) fireEvent.click(box);
    expect(await screen.findByText('2 selected')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Next page' }));
    await waitFor(() => {
      expect(screen.getByTestId('range').textContent).toBe('6–10 of 12');
    });
    expect(screen.getByText('2 selected')).toBeTruthy();
    fireEvent.click(screen.getByRole('tab', { name: /^All/ }));
    await waitFor(() => {
      expect(screen.queryByText('2 selected')).toBeNull();
    });
    expect(currentAddress()).toBe('/messages?status=all&perPage=5');
  });

  it('disables what does not fit the selected messages, and says why', async () => {
    await renderApp('/messages');
    fireEvent.click((await boxes())[0] as HTMLElement);
    const toolbar = await screen.findByRole('toolbar');
    expect(within(toolbar).getByRole('button', { name: 'Resend' }).getAttribute('aria-disabled')).toBe('false');
    const restore = within(toolbar).getByRole('button', { name: 'Restore' });
    expect(restore.getAttribute('aria-disabled')).toBe('true');
    fireEvent.mouseOver(restore);
    expect(await screen.findByText('Only deleted and handled messages can be restored.')).toBeTruthy();
    fireEvent.click(restore);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('lets a viewer look, but not act', async () => {
    const office = new FakeOffice();
    office.role = 'viewer';
    await renderApp('/messages', { office });
    fireEvent.click((await boxes())[0] as HTMLElement);
    const resend = within(await screen.findByRole('toolbar')).getByRole('button', { name: 'Resend' });
    await waitFor(() => {
      expect(resend.getAttribute('aria-disabled')).toBe('true');
    });
  });

  it('says what an empty list means', async () => {
    await renderApp('/messages?status=settled');
    expect(await screen.findByText('No message is in this state')).toBeTruthy();
  });

  it('says what happened when the list cannot be loaded, and loads it when asked again', async () => {
    const office = new FakeOffice();
    office.faults.push({
      path: /^\/api\/messages\?.*perPage=25/,
      answer: () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    });
    await renderApp('/messages', { office });
    expect(await screen.findByText(/Something other than the office answered/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await rowOf(/ORD-20261122-000000/)).toBeTruthy();
  });
});

describe('Selecting all that match', () => {
  const pageBox = async () => screen.findByRole('checkbox', { name: 'Select all on this page' });
  const tickPage = async () => {
    await boxes();
    fireEvent.click(await pageBox());
  };

  it('is offered when the whole page is ticked, with the number, and can be undone', async () => {
    await renderApp('/messages?perPage=5');
    fireEvent.click((await boxes())[0] as HTMLElement);
    expect(screen.queryByRole('button', { name: /that match/ })).toBeNull();
    fireEvent.click(await pageBox());
    fireEvent.click(await screen.findByRole('button', { name: 'Select all 12 that match this filter' }));
    expect(await screen.findByText('All 12 that match this filter are selected')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(await screen.findByText('Select messages to act on them')).toBeTruthy();
  });

  it('is not offered where the page is all there is', async () => {
    await renderApp('/messages');
    await tickPage();
    expect(await screen.findByText('12 selected')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /that match/ })).toBeNull();
  });

  it('says "more than" where nobody has counted to the end', async () => {
    const office = new FakeOffice();
    office.countsTo = 6;
    await renderApp('/messages?perPage=5', { office });
    await tickPage();
    fireEvent.click(await screen.findByRole('button', { name: 'Select all that match (more than 6)' }));
    expect(await screen.findByText('All that match this filter are selected (more than 6)')).toBeTruthy();
  });

  it('stays over pages, and falls back to ticked messages when one is un-ticked', async () => {
    await renderApp('/messages?perPage=5');
    await tickPage();
    fireEvent.click(await screen.findByRole('button', { name: /Select all 12/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Next page' }));
    await screen.findByRole('checkbox', { name: /^Select message 88995/ });
    expect(screen.getByText('All 12 that match this filter are selected')).toBeTruthy();
    const page = await boxes();
    expect(page.every((box) => (box as HTMLInputElement).checked)).toBe(true);
    fireEvent.click(page[0] as HTMLElement);
    expect(await screen.findByText('9 selected')).toBeTruthy();
    expect(((await boxes())[0] as HTMLInputElement).checked).toBe(false);
  });

  it('is forgotten when another filter shows other messages', async () => {
    await renderApp('/messages?perPage=5');
    await tickPage();
    fireEvent.click(await screen.findByRole('button', { name: /Select all 12/ }));
    fireEvent.click(screen.getByRole('tab', { name: /^All/ }));
    expect(await screen.findByText('Select messages to act on them')).toBeTruthy();
  });
});
