import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { NewOperation, Operation } from '../../../server/contract/schemas/operations.ts';
import { FakeOffice } from '../testing/fake-office.ts';
import { createFakeOperation } from '../testing/fake-operations.ts';
import { renderApp } from '../testing/render-app.tsx';

/** An office where somebody else has started an operation. */
function officeWith(over: Partial<Operation>, asked: Partial<NewOperation> = {}): FakeOffice {
  const office = new FakeOffice();
  const request: NewOperation = {
    action: 'resend',
    selection: { filter: { queue: ['orders.cancel'], status: ['pending'] }, upToId: 'x', expectedCount: 12 },
    ...asked,
  };
  const fake = createFakeOperation('42', request, office.messages, new Date().toISOString());
  Object.assign(fake.operation, { actor: 'kim', ...over });
  office.operations.push(fake);
  return office;
}
const hold = async () => screen.findByTestId('hold');

describe('The page of an operation', () => {
  it('says who, why, by which filter, and with which choices', async () => {
    const office = officeWith(
      { status: 'paused' },
      {
        ...{ reason: 'order API fixed', limit: 500, canary: { first: 10, waitSeconds: 300, then: 'ask' } },
        ...{ stopWhenCameBack: 5, ratePerSecond: 200 },
      },
    );
    await renderApp('/operations/42', { office });
    expect(await screen.findByText('kim')).toBeTruthy();
    expect(screen.getByText('order API fixed')).toBeTruthy();
    expect(screen.getByTestId('operation-filter-queue').textContent).toBe('Failing queue: orders.cancel');
    expect(screen.getByTestId('operation-filter-status').textContent).toBe('Status: pending');
    expect(
      screen.getByText('only the first 500 · first 10, wait 5 min, then ask · stop when more than 5 come back'),
    ).toBeTruthy();
    expect(screen.getByText('200 a second')).toBeTruthy();
  });

  it('says how far its preparation is', async () => {
    const office = officeWith({ status: 'preparing', total: 120_000 });
    await renderApp('/operations/42', { office });
    expect(await screen.findByText('Preparing: 120,000 so far')).toBeTruthy();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Resend: being prepared');
  });

  it('asks behind the first messages, and goes on when somebody says so', async () => {
    const office = officeWith({}, { canary: { first: 3, waitSeconds: 0, then: 'ask' } });
    await renderApp('/operations/42', { office });
    expect((await hold()).textContent).toContain('Delivered: 3. Came back: 0. Not delivered: 0.');
    expect(screen.getByText('3 of 12')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Resume' })).toBeNull();
    fireEvent.click(within(await hold()).getByRole('button', { name: 'Go on' }));
    expect(await screen.findByText('finished', {}, { timeout: 8000 })).toBeTruthy();
    expect(screen.getByText('12 of 12')).toBeTruthy();
    expect(screen.queryByTestId('hold')).toBeNull();
  });

  it('that has ended goes on to say what came of its messages, until nothing is open', async () => {
    const office = officeWith({
      status: 'finished',
      outcomes: { confirmed: 12, unroutable: 0, refused: 0, failed: 0, unknown: 0, skipped: 0 },
      finishedAt: '2026-11-22T03:12:00.000Z',
    });
    await renderApp('/operations/42', { office });
    await screen.findByText('None came back · 12 may still come back');
    Object.assign(office.operations[0]?.operation ?? {}, { settled: 12 });
    expect(await screen.findByText('None came back · 12 settled')).toBeTruthy();
  });

  it('says that more match than were shown, and can be cancelled', async () => {
    const office = officeWith({
      status: 'paused',
      hold: { code: 'selectionGrew', params: { count: 1300, shown: 12 } },
    });
    await renderApp('/operations/42', { office });
    expect((await hold()).textContent).toContain('1,300 match by now; 12 were shown');
    fireEvent.click(within(await hold()).getByRole('button', { name: 'Cancel the rest' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel the rest' }));
    expect(await screen.findByText('cancelled')).toBeTruthy();
  });

  it.each<[Partial<Operation>, string | RegExp]>([
    [
      { status: 'waiting', hold: { code: 'resendsFrozen', params: { reason: 'order API is down', by: 'kim' } } },
      /Resends are frozen by kim: “order API is down”/,
    ],
    [
      { status: 'waiting', hold: { code: 'canaryWaits', params: { until: '2026-11-22T03:10:42.000Z' } } },
      /Until .*Nov.* it waits for what comes back/,
    ],
    [{ status: 'waiting', hold: { code: 'brokerAway', params: { text: 'blocked: low on memory' } } }, /low on memory$/],
    [
      { status: 'stopped', stoppedBecause: { code: 'cameBack', params: { cameBack: 6, allowed: 5 } } },
      /^Stopped: 6 came back, and its rule allows 5/,
    ],
  ])('says why it does not go on: %o', async (over, words) => {
    await renderApp('/operations/42', { office: officeWith(over) });
    expect(within(await hold()).getByText(words)).toBeTruthy();
  });

  it('changes its pace, and takes the limit off', async () => {
    const office = officeWith({ status: 'waiting' }, { ratePerSecond: 200 });
    await renderApp('/operations/42', { office });
    const change = async (to: string) => {
      fireEvent.click(await screen.findByRole('button', { name: 'Change the pace' }));
      const dialog = await screen.findByRole('dialog');
      fireEvent.change(within(dialog).getByRole('textbox', { name: 'Messages a second' }), { target: { value: to } });
      fireEvent.click(within(dialog).getByRole('button', { name: 'Apply' }));
      await waitFor(() => {
        expect(screen.queryByRole('dialog')).toBeNull();
      });
    };
    await change('50');
    expect(await screen.findByText('50 a second')).toBeTruthy();
    await change('');
    expect(await screen.findByText('as fast as it goes')).toBeTruthy();
    const bodies = office.seen.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
    expect(bodies).toEqual([{ ratePerSecond: 50 }, { ratePerSecond: null }]);
  });

  it('sends again only what ended in one way, by its outcome and however many', async () => {
    const office = officeWith({
      status: 'finished',
      outcomes: { confirmed: 1, unroutable: 12_000, refused: 0, failed: 0, unknown: 0, skipped: 0 },
    });
    await renderApp('/operations/42?outcome=unroutable', { office });
    const csv = await screen.findByRole('link', { name: 'Download as CSV' });
    expect(csv.getAttribute('href')).toBe('/api/operations/42/items/export?outcome=unroutable');
    fireEvent.click(screen.getByRole('button', { name: 'Resend only these 12,000' }));
    await within(await screen.findByRole('dialog')).findByRole('button', { name: /^Resend \d+ messages/ });
    const asked = office.seen.find(({ path }) => path === '/api/operations/preview');
    expect(asked?.body).toMatchObject({
      selection: { filter: { operationId: '42', outcome: ['unroutable'] } },
    });
  });
});

describe('The list of operations', () => {
  it('says by which filter, and why one does not go on', async () => {
    const office = officeWith({
      status: 'waiting',
      hold: { code: 'resendsFrozen', params: { reason: 'order API is down', by: 'kim' } },
    });
    await renderApp('/operations', { office });
    const row = (await screen.findByText('Resend 12 messages')).closest('tr');
    if (!row) throw new Error('It is a row of a table.');
    expect(within(row).getByTestId('operation-filter-queue')).toBeTruthy();
    expect(within(row).getByText(/Resends are frozen by kim/)).toBeTruthy();
  });
});
