import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';

const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
/** jsdom gives the focus to a field in a menu that is not shown; no browser does. */
const ready = async () => {
  await screen.findAllByRole('checkbox', { name: /^Select message/ });
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
};
const rowId = () => document.activeElement?.closest<HTMLElement>('[data-message-id]')?.dataset['messageId'];

describe('The keys of the list of messages', () => {
  it('go from message to message and stop at the ends', async () => {
    await renderApp('/messages?perPage=5');
    await ready();
    press('j');
    expect(rowId()).toBe('89000');
    expect(document.activeElement?.getAttribute('href')).toBe('#/messages/89000');
    press('j');
    press('j');
    press('k');
    expect(rowId()).toBe('88999');
    for (let times = 0; times < 9; times += 1) press('j');
    expect(rowId()).toBe('88996');
  });

  it('select, and resend what is selected', async () => {
    await renderApp('/messages');
    await ready();
    press('j');
    press('x');
    press('j');
    press('x');
    expect(await screen.findByText('2 selected')).toBeTruthy();
    press('r');
    expect(await screen.findByRole('dialog', { name: 'Resend 2 messages' })).toBeTruthy();
  });

  it('delete the message that has the focus where none is selected, after a question', async () => {
    await renderApp('/messages');
    await ready();
    press('j');
    press('d');
    const dialog = await screen.findByRole('dialog', { name: 'Delete 1 message' });
    // The dialog has its own keys: what is pressed in it does nothing behind it.
    fireEvent.keyDown(dialog, { key: 'r' });
    expect(screen.queryByRole('dialog', { name: /^Resend/ })).toBeNull();
  });

  it('say why they cannot act', async () => {
    const office = new FakeOffice();
    office.role = 'viewer';
    await renderApp('/messages', { office });
    await ready();
    await screen.findByText('operator');
    press('j');
    press('r');
    expect(await screen.findByText('Your role (viewer) may look, but not act.')).toBeTruthy();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('are letters in a field, and "/" leads into it', async () => {
    await renderApp('/messages');
    await ready();
    press('/');
    const field = screen.getByRole('combobox', { name: 'Filter by fields and words' });
    expect(document.activeElement).toBe(field);
    for (const key of ['j', 'x', 'r', 'd', 'o', '?']) expect(press(key)).toBe(true);
    expect(document.activeElement).toBe(field);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('say so where no message has the focus and none is selected', async () => {
    await renderApp('/messages');
    await ready();
    press('d');
    expect(await screen.findByText('Select messages first.')).toBeTruthy();
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
