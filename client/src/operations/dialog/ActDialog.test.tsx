import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice, problem } from '../../testing/fake-office.ts';
import { renderApp } from '../../testing/render-app.tsx';

async function select(count: number): Promise<void> {
  const boxes = await screen.findAllByRole('checkbox', { name: /^Select message/ });
  for (const box of boxes.slice(0, count)) fireEvent.click(box);
}
const press = (name: string) => {
  fireEvent.click(within(screen.getByRole('toolbar')).getByRole('button', { name }));
};
const posted = (office: FakeOffice) =>
  office.seen.filter(({ method, path }) => method === 'POST' && path === '/api/operations');

describe('Resending the selected messages', () => {
  it('says how many and where to before anything happens, and repeats the number on the button', async () => {
    const office = await renderApp('/messages');
    await select(5);
    press('Resend');
    const dialog = await screen.findByRole('dialog', { name: 'Resend 4 messages' });
    const places = within(dialog).getByRole('list', { name: 'Destinations' });
    expect([...places.children].map((place) => place.textContent)).toEqual([
      '2orders/order.cancel',
      '1notice/notice.send',
      '1orders/refund.requested',
    ]);
    expect(within(dialog).getByText(/1 is left out: where it came from is unknown/)).toBeTruthy();
    expect(within(dialog).getByRole('button', { name: 'Resend 4 messages' })).toBeTruthy();
    expect(posted(office)).toHaveLength(0);
  });

  it('hands the office the ids that were shown, follows the operation, and shows how it ended', async () => {
    const office = new FakeOffice();
    office.pace = 1;
    const second = office.messages[1];
    if (second) second.routingKey = 'nowhere';
    await renderApp('/messages', { office });
    await select(2);
    press('Resend');
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Reason (optional)' }), {
      target: { value: 'order API fixed' },
    });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Resend 2 messages' }));
    expect(await within(dialog).findByText('finished', {}, { timeout: 8000 })).toBeTruthy();
    expect(within(dialog).getByText('2 of 2')).toBeTruthy();
    expect(within(dialog).getByText('unroutable')).toBeTruthy();
    expect(await within(dialog).findByText(/No queue is bound for this exchange and routing key/)).toBeTruthy();
    const [request] = posted(office);
    expect(request?.body).toEqual({
      action: 'resend',
      selection: { ids: ['89000', '88999'] },
      reason: 'order API fixed',
      target: { kind: 'original' },
    });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    await waitFor(() => {
      expect(screen.queryByText('2 selected')).toBeNull();
    });
  });

  it('says what the broker says: an exchange that is not there, and what cannot be sent', async () => {
    const office = new FakeOffice();
    office.preview = {
      ...office.preview,
      targets: [
        {
          ...{ exchange: 'orders', routingKey: 'order.cancel', count: 1, exists: false },
          ...{ queues: [], routing: 'known', failedIn: [], failedInUnknown: 0, alsoReaches: [] },
        },
      ],
      notResendable: [{ code: 'item.headersTooLarge', count: 1 }],
    };
    await renderApp('/messages', { office });
    await select(2);
    press('Resend');
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText('The exchange does not exist.')).toBeTruthy();
    expect(within(dialog).getByText(/1 cannot be sent and is skipped: Its headers are larger/)).toBeTruthy();
  });

  it('names what cannot be sent exactly, and sends it without those parts only when that is ticked', async () => {
    const office = new FakeOffice();
    office.preview = {
      ...office.preview,
      notResendable: [{ code: 'item.notExact', count: 1 }],
      inexact: {
        count: 1,
        parts: [
          { in: 'headers', name: '<b>odd</b>', why: 'unreadable' },
          { in: 'properties', name: 'replyTo', why: 'refused' },
        ],
      },
    };
    await renderApp('/messages', { office });
    await select(2);
    press('Resend');
    const dialog = await screen.findByRole('dialog');
    const skipped =
      '1 cannot be sent exactly as it was and is skipped: header <b>odd</b> (cannot be read), ' +
      'property replyTo (RabbitMQ refuses this value)';
    expect(await within(dialog).findByText(skipped)).toBeTruthy();
    fireEvent.click(within(dialog).getByRole('checkbox', { name: /Send it all the same/ }));
    expect(await within(dialog).findByText(/1 is sent, but not exactly as it was: header/)).toBeTruthy();
    const previews = office.seen.filter(({ path }) => path === '/api/operations/preview');
    expect(previews.map(({ body }) => (body as { sendInexact?: boolean }).sendInexact)).toEqual([undefined, true]);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Resend 2 messages' }));
    await waitFor(() => {
      expect(posted(office)[0]?.body).toMatchObject({ sendInexact: true });
    });
  });

  it('asks nothing about exactness where everything goes as it was', async () => {
    await renderApp('/messages');
    await select(2);
    press('Resend');
    const dialog = await screen.findByRole('dialog');
    await within(dialog).findByRole('button', { name: 'Resend 2 messages' });
    expect(within(dialog).queryByRole('checkbox', { name: /all the same/ })).toBeNull();
  });

  it('leaves possible duplicates out until they are included', async () => {
    const office = new FakeOffice();
    const [first] = office.messages;
    if (first) first.possibleDuplicateOf = '7';
    await renderApp('/messages', { office });
    await select(2);
    press('Resend');
    const dialog = await screen.findByRole('dialog', { name: 'Resend 1 message' });
    fireEvent.click(within(dialog).getByRole('checkbox', { name: 'Include possible duplicates' }));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Resend 2 messages' }));
    await waitFor(() => {
      expect(posted(office)[0]?.body).toMatchObject({ includePossibleDuplicates: true });
    });
  });

  it('can send them elsewhere', async () => {
    const office = await renderApp('/messages');
    await select(1);
    press('Resend');
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(within(dialog).getByRole('radio', { name: /Elsewhere/ }));
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Exchange' }), { target: { value: 'tools' } });
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Routing key' }), { target: { value: 'inspect' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Resend 1 message' }));
    await waitFor(() => {
      expect(posted(office)[0]?.body).toMatchObject({
        target: { kind: 'custom', exchange: 'tools', routingKey: 'inspect' },
      });
    });
  });

  it('says that nothing was started when the office says no', async () => {
    const office = new FakeOffice();
    await renderApp('/messages', { office });
    await select(1);
    press('Resend');
    const dialog = await screen.findByRole('dialog');
    office.faults.push({ path: /^\/api\/operations$/, answer: () => problem('access.denied') });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Resend 1 message' }));
    expect(await within(dialog).findByText('Your role does not allow this.')).toBeTruthy();
    expect(within(dialog).getByText('Nothing was started.')).toBeTruthy();
    expect(screen.getByText('1 selected')).toBeTruthy();
  });

  it('sends the same idempotency key when pressed again after an answer that never came', async () => {
    const office = new FakeOffice();
    await renderApp('/messages', { office });
    await select(1);
    press('Resend');
    const dialog = await screen.findByRole('dialog');
    office.faults.push({ path: /^\/api\/operations$/, answer: () => Promise.reject(new TypeError('Failed to fetch')) });
    const button = within(dialog).getByRole('button', { name: 'Resend 1 message' });
    fireEvent.click(button);
    expect(await within(dialog).findByText(/Pressing the button again is safe/)).toBeTruthy();
    fireEvent.click(button);
    await within(dialog).findByText('finished', {}, { timeout: 8000 });
    const keys = posted(office).map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });
});

describe('Handling by hand', () => {
  it('cannot be confirmed without a reason', async () => {
    const office = await renderApp('/messages');
    await select(1);
    press('Handle by hand');
    const dialog = await screen.findByRole('dialog');
    const confirm = within(dialog).getByRole('button', { name: 'Handle 1 message by hand' });
    expect(confirm.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(confirm);
    expect(posted(office)).toEqual([]);
    fireEvent.change(within(dialog).getByRole('textbox', { name: /Reason/ }), {
      target: { value: 'refunded by hand' },
    });
    fireEvent.click(confirm);
    await waitFor(() => {
      expect(posted(office)[0]?.body).toEqual({
        action: 'handle',
        selection: { ids: ['89000'] },
        reason: 'refunded by hand',
      });
    });
  });
});
