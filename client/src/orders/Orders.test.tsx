import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { fakeMessage } from '../testing/fake-messages.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

describe('The page of an order', () => {
  it('is found without the prefix, and says so', async () => {
    await renderApp('/orders/20261122-000003');
    expect(await screen.findByText(/It was found without regard to its prefix/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'ORD-20261122-000003' }).getAttribute('href')).toBe(
      '#/orders/ORD-20261122-000003',
    );
  });

  it('says so when it may be several orders, and which message carries which', async () => {
    const office = new FakeOffice();
    office.messages = [fakeMessage(0, { keys: { orderId: ['7'] } }), fakeMessage(1, { keys: { orderId: ['ORD-7'] } })];
    await renderApp('/orders/7', { office });
    expect(await screen.findByText(/Several order IDs fit/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'ORD-7' })).toBeTruthy();
  });

  it('leads to its table and to its messages', async () => {
    await renderApp('/orders/ORD-20261122-000003');
    const csv = await screen.findByRole('link', { name: 'Export CSV' });
    expect(csv.getAttribute('href')).toBe('/api/orders/ORD-20261122-000003/timeline/export?format=csv');
    expect(screen.getByRole('link', { name: 'Show as a list' }).getAttribute('href')).toBe(
      '#/messages?status=all&orderId=ORD-20261122-000003',
    );
  });

  it('has a sheet for paper: the order, when and by whom it was printed, every event with its exact time', async () => {
    await renderApp('/orders/ORD-20261122-000003');
    await screen.findByText(/1 message · in 1 queue/);
    await screen.findAllByText('operator');
    expect(screen.queryByTestId('print')).toBeNull();
    act(() => {
      window.dispatchEvent(new Event('beforeprint'));
    });
    const sheet = screen.getByTestId('print');
    expect(within(sheet).getByRole('heading', { level: 1 }).textContent).toBe(
      'Order ORD-20261122-000003: failed messages',
    );
    expect(within(sheet).getByText('operator')).toBeTruthy();
    const at = new Date('2026-11-22T03:09:55.000Z');
    const pad = (value: number) => String(value).padStart(2, '0');
    const local = `${pad(at.getHours())}:${pad(at.getMinutes())}:55.000`;
    expect(within(sheet).getAllByText(new RegExp(`${local} [+-]`)).length).toBeGreaterThan(0);
    const print = vi.spyOn(window, 'print').mockReturnValue(undefined);
    fireEvent.click(screen.getByRole('button', { name: 'Print' }));
    expect(print).toHaveBeenCalledOnce();
  });

  it('offers IDs that are like it where there is none, and says how far was looked', async () => {
    await renderApp('/orders/000009');
    expect(await screen.findByText('contains it')).toBeTruthy();
    expect(screen.getByText(/business key entries that are kept were looked through/)).toBeTruthy();
    fireEvent.click(screen.getByRole('link', { name: 'ORD-20261122-000009' }));
    expect(await screen.findByText(/1 message · in 1 queue/)).toBeTruthy();
  });
});

describe('Several orders', () => {
  const paste = async (list: string) => {
    fireEvent.change(await screen.findByRole('textbox', { name: 'Order IDs' }), { target: { value: list } });
  };

  it('are looked up from a pasted list, once each, and those not found say so', async () => {
    const office = await renderApp('/orders');
    await paste('ORD-20261122-000003\tORD-0\nORD-20261122-000003');
    expect(screen.getByText('1 stood there twice and is asked for once')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Look up 2 orders' }));
    expect(await screen.findByText('1 of 2 orders have failed messages')).toBeTruthy();
    expect(office.seen.find(({ path }) => path === '/api/orders/look-up')?.body).toEqual({
      orderIds: ['ORD-20261122-000003', 'ORD-0'],
    });
    expect(screen.getByText(/No failed message carries this ID/)).toBeTruthy();
    expect(screen.getByText('died in notice.send: TemplateError')).toBeTruthy();
    expect(currentAddress()).toBe('/orders');
  });

  it('are at most five hundred, and the screen says so before it asks', async () => {
    await renderApp('/orders');
    await paste(Array.from({ length: 501 }, (_, index) => `ORD-${index}`).join('\n'));
    expect(await screen.findByText(/These are 501 different orders; at most 500/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Look up 501 orders' }).getAttribute('aria-disabled')).toBe('true');
  });
});

describe('The keys', () => {
  it('put the cursor into the order search by "o", by its place on a Korean keyboard too, but not in a field', async () => {
    await renderApp('/operations');
    const box = await screen.findByRole('textbox', { name: 'Open an order by its ID' });
    fireEvent.keyDown(document.body, { key: 'o' });
    expect(document.activeElement).toBe(box);
    fireEvent.keyDown(box, { key: 'Escape' });
    expect(document.activeElement).not.toBe(box);
    fireEvent.keyDown(document.body, { key: 'ㅐ', code: 'KeyO' });
    expect(document.activeElement).toBe(box);
    expect(fireEvent.keyDown(box, { key: '?' })).toBe(true);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('are shown by "?"', async () => {
    await renderApp('/operations');
    await screen.findByRole('textbox', { name: 'Open an order by its ID' });
    fireEvent.keyDown(document.body, { key: '?' });
    const dialog = await screen.findByRole('dialog', { name: 'Keys' });
    expect(within(dialog).getByText('Search for an order')).toBeTruthy();
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  });
});
