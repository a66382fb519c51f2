import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { currentAddress, renderApp } from '../../testing/render-app.tsx';

const field = async () => screen.findByRole('combobox', { name: 'Filter by fields and words' });
const type = async (text: string) => {
  // What is typed while the list is still on its way is another matter.
  await screen.findByTestId('range');
  const input = await field();
  input.focus();
  fireEvent.change(input, { target: { value: text } });
  return input;
};

describe('Filters in one line of text', () => {
  it('become chips and the address, and come to those that are there', async () => {
    await renderApp('/messages?queue=orders.cancel');
    fireEvent.keyDown(await type('queue:notice.send reason:error after:-2h'), { key: 'Enter' });
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?queue=orders.cancel&queue=notice.send&reason=error&failedAfter=-2h');
    });
    expect(screen.getByTestId('filter-queue').textContent).toContain('orders.cancel, notice.send');
    expect(((await field()) as HTMLInputElement).value).toBe('');
  });

  it('complete a field, then its values with how many failures each had', async () => {
    await renderApp('/messages');
    await type('que');
    fireEvent.click(await screen.findByRole('option', { name: /^queue:/ }));
    const option = await screen.findByRole('option', { name: /notice\.send/ });
    expect(within(option).getByLabelText('3 failures in the last 7 days')).toBeTruthy();
    fireEvent.click(option);
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?queue=notice.send');
    });
  });

  it('offer an order for what has a number in it', async () => {
    await renderApp('/messages');
    await type('ORD-20261122-000003');
    fireEvent.click(await screen.findByRole('option', { name: /ORD-20261122-000003.*Order ID/ }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?orderId=ORD-20261122-000003');
    });
  });

  it('explain what is no filter, and change nothing until it is mended', async () => {
    await renderApp('/messages');
    fireEvent.keyDown(await type('qeue:a reason:error deaths:many'), { key: 'Enter' });
    expect(await screen.findByText('“qeue” is no filter. Was “queue” meant?')).toBeTruthy();
    expect(screen.getByText('“deaths:many” is not understood: “Deaths at least” takes a number.')).toBeTruthy();
    expect(screen.getByText(/^Filters: order, queue, dead, error/)).toBeTruthy();
    expect(currentAddress()).toBe('/messages');
    expect(((await field()) as HTMLInputElement).value).toBe('qeue:a reason:error deaths:many');
  });
});

describe('The values of a filter', () => {
  it('are listed with their failures, and several can be chosen', async () => {
    await renderApp('/messages');
    fireEvent.click(await screen.findByRole('button', { name: 'Add a filter' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Failing queue' }));
    const dialog = await screen.findByRole('dialog');
    for (const name of [/orders\.cancel/, /notice\.send/]) {
      fireEvent.click(await within(dialog).findByRole('checkbox', { name }));
    }
    fireEvent.click(within(dialog).getByRole('button', { name: 'Apply' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?queue=orders.cancel&queue=notice.send');
    });
  });
});
