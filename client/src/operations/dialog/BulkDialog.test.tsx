import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { fakeMessage } from '../../testing/fake-messages.ts';
import { FakeOffice, json, problem } from '../../testing/fake-office.ts';
import { currentAddress, renderApp } from '../../testing/render-app.tsx';

/** An office with many failures of one queue. */
function officeWith(count: number): FakeOffice {
  const office = new FakeOffice();
  // Every fourth kind is that of the first.
  office.messages = Array.from({ length: count }, (_, number) => fakeMessage(number * 4));
  return office;
}

async function openDialog(
  office: FakeOffice,
  act = 'Resend',
  address = '/messages?queue=orders.cancel&perPage=5',
): Promise<HTMLElement> {
  await renderApp(address, { office });
  await screen.findAllByRole('checkbox', { name: /^Select message/ });
  fireEvent.click(screen.getByRole('checkbox', { name: 'Select all on this page' }));
  fireEvent.click(await screen.findByRole('button', { name: /^Select all .* that match/ }));
  fireEvent.click(within(screen.getByRole('toolbar')).getByRole('button', { name: act }));
  return screen.findByRole('dialog');
}
const posted = (office: FakeOffice) =>
  office.seen.filter(({ method, path }) => method === 'POST' && path === '/api/operations');
const previews = (office: FakeOffice) => office.seen.filter(({ path }) => path === '/api/operations/preview');
const type = (dialog: HTMLElement, name: string | RegExp, value: string) => {
  fireEvent.change(within(dialog).getByRole('textbox', { name }), { target: { value } });
};
const isDisabled = (button: HTMLElement) => button.getAttribute('aria-disabled') === 'true';

describe('Resending all that match a filter', () => {
  it('asks the office who would go, and hands over the filter with the number that was shown', async () => {
    const office = officeWith(40);
    const dialog = await openDialog(office);
    const button = await within(dialog).findByRole('button', { name: 'Resend 40 messages' });
    expect(previews(office)[0]?.body).toEqual({
      action: 'resend',
      selection: { filter: { queue: ['orders.cancel'], status: ['pending'] } },
      target: { kind: 'original' },
    });
    expect(within(dialog).getByRole('list', { name: 'For example' }).children).toHaveLength(3);
    expect(posted(office)).toHaveLength(0);
    fireEvent.click(button);
    await within(dialog).findByText('finished', {}, { timeout: 8000 });
    expect(posted(office)[0]?.body).toEqual({
      action: 'resend',
      selection: {
        filter: { queue: ['orders.cancel'], status: ['pending'] },
        upToId: 'opaque',
        expectedCount: 40,
      },
      target: { kind: 'original' },
    });
  });

  it('sends a few of many first, and goes on to the page of the operation', async () => {
    const office = officeWith(120);
    const dialog = await openDialog(office);
    fireEvent.click(await within(dialog).findByRole('button', { name: 'Resend the first 10 of 120' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/operations/42');
    });
    expect(posted(office)[0]?.body).toMatchObject({ canary: { first: 10, waitSeconds: 120, then: 'ask' } });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('takes how many, how fast, when to stop, and what first', async () => {
    const office = officeWith(120);
    const dialog = await openDialog(office);
    fireEvent.click(await within(dialog).findByRole('radio', { name: /Send only the first/ }));
    type(dialog, 'How many messages', '60');
    type(dialog, 'Messages to send first', '5');
    type(dialog, 'Minutes to wait', '0');
    fireEvent.change(within(dialog).getByRole('combobox', { name: 'And then' }), { target: { value: 'continue' } });
    type(dialog, 'Pace, messages a second', '200');
    type(dialog, 'Stop when more come back than', '3');
    fireEvent.click(await within(dialog).findByRole('button', { name: 'Resend the first 5 of 60' }));
    await waitFor(() => {
      expect(posted(office)[0]?.body).toMatchObject({
        ...{ limit: 60, canary: { first: 5, waitSeconds: 0, then: 'continue' } },
        ...{ ratePerSecond: 200, stopWhenCameBack: 3 },
      });
    });
  });

  it('cannot be started with a number that is none', async () => {
    const dialog = await openDialog(officeWith(120));
    await within(dialog).findByRole('button', { name: 'Resend the first 10 of 120' });
    type(dialog, 'Pace, messages a second', '0');
    expect(await within(dialog).findByText('A whole number from 1 to 100,000.')).toBeTruthy();
    expect(isDisabled(within(dialog).getByRole('button', { name: 'Resend the first 10 of 120' }))).toBe(true);
  });

  it('says what has changed when the selection drifted, does nothing, and asks again with the new number', async () => {
    const office = officeWith(40);
    const dialog = await openDialog(office);
    const button = await within(dialog).findByRole('button', { name: 'Resend 40 messages' });
    office.messages.push(fakeMessage(400), fakeMessage(404));
    fireEvent.click(button);
    expect(await within(dialog).findByText(/it was 40, now it is 42\. Nothing was started/)).toBeTruthy();
    expect(office.operations).toHaveLength(0);
    fireEvent.click(await within(dialog).findByRole('button', { name: 'Resend 42 messages' }));
    await within(dialog).findByText('finished', {}, { timeout: 8000 });
    const [first, second] = posted(office);
    expect(second?.body).toMatchObject({ selection: { expectedCount: 42 } });
    expect(second?.headers.get('idempotency-key')).not.toBe(first?.headers.get('idempotency-key'));
  });

  it('cannot be started while what is shown is not what would be done', async () => {
    const office = officeWith(40);
    const dialog = await openDialog(office);
    const button = await within(dialog).findByRole('button', { name: 'Resend 40 messages' });
    let answer: (response: Response) => void = () => undefined;
    const late = new Promise<Response>((resolve) => {
      answer = resolve;
    });
    office.faults.push({ path: /preview/, answer: () => late });
    fireEvent.click(within(dialog).getByRole('radio', { name: /Only to the queue/ }));
    await waitFor(() => {
      expect(previews(office)).toHaveLength(2);
    });
    expect(isDisabled(button)).toBe(true);
    answer(json({ ...office.preview, count: 38, countAtLeast: 38, upToId: 'later' }));
    fireEvent.click(await within(dialog).findByRole('button', { name: 'Resend 38 messages' }));
    await waitFor(() => {
      expect(posted(office)[0]?.body).toMatchObject({
        ...{ selection: { upToId: 'later', expectedCount: 38 }, target: { kind: 'queue' } },
      });
    });
  });

  it('says so when nothing matches any more, and that nothing was started', async () => {
    const office = officeWith(40);
    const dialog = await openDialog(office);
    const button = await within(dialog).findByRole('button', { name: 'Resend 40 messages' });
    office.faults.push({ path: /^\/api\/operations$/, answer: () => problem('operation.nothingSelected') });
    office.messages = [];
    fireEvent.click(button);
    expect(await within(dialog).findByText('Nothing was started.')).toBeTruthy();
    expect(isDisabled(await within(dialog).findByRole('button', { name: 'No message is left to act on.' }))).toBe(true);
  });

  it('says before it is started that it will wait while resends are frozen', async () => {
    const office = officeWith(40);
    office.settings.resendsFrozen = { reason: 'order API is down', by: 'kim', since: '2026-11-22T03:10:42.000Z' };
    const dialog = await openDialog(office);
    expect(await within(dialog).findByText(/^Resends are frozen by kim: “order API is down”/)).toBeTruthy();
  });

  it('starts later, and with what RabbitMQ took off, when that is chosen', async () => {
    const office = officeWith(40);
    const dialog = await openDialog(office);
    const button = await within(dialog).findByRole('button', { name: 'Resend 40 messages' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'More choices' }));
    const startAt = within(dialog).getByLabelText('Not before');
    fireEvent.change(startAt, { target: { value: '2020-01-01T03:00' } });
    expect(await within(dialog).findByText('This time is past.')).toBeTruthy();
    expect(isDisabled(button)).toBe(true);
    fireEvent.change(startAt, { target: { value: '2099-01-01T03:00' } });
    fireEvent.click(within(dialog).getByRole('radio', { name: /Only to the queue/ }));
    expect(within(dialog).queryByRole('checkbox', { name: /CC/ })).toBeNull();
    fireEvent.click(within(dialog).getByRole('radio', { name: /To the original exchange/ }));
    fireEvent.click(within(dialog).getByRole('checkbox', { name: 'To the queues of its CC too' }));
    fireEvent.click(within(dialog).getByRole('checkbox', { name: 'With its expiration again' }));
    await waitFor(() => {
      expect(isDisabled(button)).toBe(false);
    });
    fireEvent.click(button);
    await waitFor(() => {
      expect(posted(office)[0]?.body).toMatchObject({
        ...{ startAt: new Date('2099-01-01T03:00').toISOString(), restoreCc: true, restoreExpiration: true },
      });
    });
  });

  it('cannot be started before it is known how many go', async () => {
    const office = officeWith(40);
    office.faults.push({ path: /preview/, answer: () => problem('database.away') });
    const dialog = await openDialog(office);
    expect(await within(dialog).findByText(/could not be counted/)).toBeTruthy();
    expect(isDisabled(within(dialog).getByRole('button', { name: 'Counting what matches' }))).toBe(true);
  });

  it('says "more than" where nobody counted to the end', async () => {
    const office = officeWith(120);
    office.preview.count = null;
    const dialog = await openDialog(office);
    expect(await within(dialog).findByRole('button', { name: 'Resend the first 10 of more than 120' })).toBeTruthy();
    expect(within(dialog).getByText('Resend more than 120 messages')).toBeTruthy();
    fireEvent.click(within(dialog).getByRole('checkbox', { name: 'Send a few first' }));
    fireEvent.click(within(dialog).getByRole('radio', { name: /Send only the first/ }));
    type(dialog, 'How many messages', '5000');
    expect(await within(dialog).findByRole('button', { name: 'Resend at most 5,000 messages' })).toBeTruthy();
    type(dialog, 'How many messages', '50');
    expect(await within(dialog).findByRole('button', { name: 'Resend the first 50 of more than 120' })).toBeTruthy();
  });

  it('counts out what cannot go, with the reason, and leaves possible duplicates out until they are included', async () => {
    const office = officeWith(40);
    office.preview.notResendable = [
      { code: 'item.tooLarge', count: 1 },
      { code: 'item.possibleDuplicate', count: 2 },
    ];
    const dialog = await openDialog(office);
    expect(await within(dialog).findByRole('button', { name: 'Resend 37 messages' })).toBeTruthy();
    expect(within(dialog).getByText(/1 cannot be sent and is skipped: It is larger/)).toBeTruthy();
    expect(within(dialog).getByText(/2 may be duplicates of other messages/)).toBeTruthy();
    office.preview.notResendable = [];
    fireEvent.click(within(dialog).getByRole('checkbox', { name: 'Include possible duplicates' }));
    fireEvent.click(await within(dialog).findByRole('button', { name: 'Resend 40 messages' }));
    await waitFor(() => {
      expect(posted(office)[0]?.body).toMatchObject({
        includePossibleDuplicates: true,
        selection: { expectedCount: 40 },
      });
    });
  });

  it('says which states are taken where the filter matches others too', async () => {
    const office = officeWith(40);
    for (const message of office.messages.slice(0, 3)) message.status = 'resent';
    const dialog = await openDialog(office, 'Resend', '/messages?status=all&perPage=5');
    expect(await within(dialog).findByRole('button', { name: 'Resend 37 messages' })).toBeTruthy();
    expect(
      within(dialog).getByText(
        'Only messages that are pending, unknown are taken. Others that match stay as they are.',
      ),
    ).toBeTruthy();
  });

  it('needs a reason from as many messages up as the settings say', async () => {
    const office = officeWith(40);
    office.settings.reasonRequiredFrom = 40;
    const dialog = await openDialog(office);
    const button = await within(dialog).findByRole('button', { name: 'Resend 40 messages' });
    await within(dialog).findByText(/Required from 40 messages up/);
    expect(isDisabled(button)).toBe(true);
    type(dialog, /^Reason/, 'order API fixed');
    await waitFor(() => {
      expect(isDisabled(button)).toBe(false);
    });
  });
});

describe('Other acts on all that match', () => {
  it('delete by the filter too', async () => {
    const office = officeWith(40);
    const dialog = await openDialog(office, 'Delete');
    fireEvent.click(await within(dialog).findByRole('button', { name: 'Delete 40 messages' }));
    await waitFor(() => {
      expect(posted(office)[0]?.body).toEqual({
        action: 'delete',
        selection: {
          filter: { queue: ['orders.cancel'], status: ['pending'] },
          upToId: 'opaque',
          expectedCount: 40,
        },
      });
    });
  });
});
