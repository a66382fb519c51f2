import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { fakeMessage } from '../testing/fake-messages.ts';
import { fakeGroup } from '../testing/fake-groups.ts';
import { FakeOffice } from '../testing/fake-office.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

const QUESTION = 'Discard what you changed?';
const question = () => screen.queryByRole('dialog', { name: QUESTION });
const answer = async (name: 'Keep editing' | 'Discard and leave') => {
  fireEvent.click(within(await screen.findByRole('dialog', { name: QUESTION })).getByRole('button', { name }));
  await waitFor(() => {
    expect(question()).toBeNull();
  });
};
const goTo = (section: string) => {
  fireEvent.click(within(screen.getByRole('navigation', { name: 'Sections' })).getByRole('link', { name: section }));
};
const note = () => screen.findByLabelText<HTMLTextAreaElement>('Note');
/** Whether the browser would ask before the tab is closed. */
const asksOnClosing = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

async function openGroup(): Promise<FakeOffice> {
  const office = new FakeOffice();
  office.groups = [fakeGroup(1), fakeGroup(2)];
  await renderApp('/groups/1', { office });
  await note();
  return office;
}

async function openDelete(): Promise<HTMLElement> {
  await renderApp('/messages');
  fireEvent.click((await screen.findAllByRole('checkbox', { name: /^Select message/ }))[0] ?? document.body);
  fireEvent.click(within(screen.getByRole('toolbar')).getByRole('button', { name: 'Delete' }));
  return await screen.findByRole('dialog', { name: 'Delete 1 message' });
}

describe('Edits that are not saved', () => {
  it('are asked about before another screen is opened, and stay when the user stays', async () => {
    await openGroup();
    fireEvent.change(await note(), { target: { value: 'deploy 4711' } });
    goTo('Orders');
    await answer('Keep editing');
    expect(currentAddress()).toBe('/groups/1');
    expect((await note()).value).toBe('deploy 4711');
    goTo('Orders');
    await answer('Discard and leave');
    await waitFor(() => {
      expect(currentAddress()).toBe('/orders');
    });
  });

  it('are no longer asked about when they are taken back or saved', async () => {
    const office = await openGroup();
    fireEvent.change(await note(), { target: { value: 'deploy 4711' } });
    expect(asksOnClosing()).toBe(true);
    fireEvent.change(await note(), { target: { value: '' } });
    expect(asksOnClosing()).toBe(false);
    fireEvent.change(await note(), { target: { value: 'deploy 4712' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('The group is saved.');
    await waitFor(() => {
      expect(asksOnClosing()).toBe(false);
    });
    goTo('Orders');
    await waitFor(() => {
      expect(currentAddress()).toBe('/orders');
    });
    expect(office.groups[0]?.note).toBe('deploy 4712');
  });

  it('are asked about before the sign-out, which nothing brings back', async () => {
    const office = await openGroup();
    fireEvent.change(await note(), { target: { value: 'deploy 4711' } });
    const signOut = async () => {
      fireEvent.click(screen.getByRole('button', { name: /^Account/ }));
      fireEvent.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    };
    await signOut();
    await answer('Keep editing');
    expect(office.signedIn).toBe(true);
    await signOut();
    await answer('Discard and leave');
    expect(await screen.findByLabelText('Username')).toBeTruthy();
  });

  it('keep nobody from signing in anew when the session has ended', async () => {
    const office = await openGroup();
    fireEvent.change(await note(), { target: { value: 'deploy 4711' } });
    office.signedIn = false;
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByLabelText('Username')).toBeTruthy();
    expect(question()).toBeNull();
  });

  it('are asked about before a dialog closes by the way, and only those of the dialog', async () => {
    await openGroup();
    fireEvent.change(await note(), { target: { value: 'deploy 4711' } });
    fireEvent.click(screen.getByRole('button', { name: 'Merge groups into this one' }));
    const empty = await screen.findByRole('dialog');
    fireEvent.keyDown(empty, { key: 'Escape' });
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    fireEvent.click(screen.getByRole('button', { name: 'Merge groups into this one' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(await within(dialog).findByRole('checkbox', { name: /Unknown template/ }));
    fireEvent.keyDown(dialog, { key: 'Escape' });
    await answer('Discard and leave');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect((await note()).value).toBe('deploy 4711');
    expect(asksOnClosing()).toBe(true);
  });

  it('of a reason stay while Escape only ends the question, and go with Cancel, which says so', async () => {
    const dialog = await openDelete();
    const reason = within(dialog).getByRole<HTMLTextAreaElement>('textbox', { name: /Reason/ });
    fireEvent.change(reason, { target: { value: 'was a test' } });
    fireEvent.keyDown(dialog, { key: 'Escape' });
    fireEvent.keyDown(await screen.findByRole('dialog', { name: QUESTION }), { key: 'Escape' });
    await waitFor(() => {
      expect(question()).toBeNull();
    });
    expect(reason.value).toBe('was a test');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  });

  it('of an act that was started are no question on the way to its page', async () => {
    const office = new FakeOffice();
    office.messages = Array.from({ length: 120 }, (_, number) => fakeMessage(number * 4));
    await renderApp('/messages?queue=orders.cancel&perPage=5', { office });
    await screen.findAllByRole('checkbox', { name: /^Select message/ });
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select all on this page' }));
    fireEvent.click(await screen.findByRole('button', { name: /^Select all .* that match/ }));
    fireEvent.click(within(screen.getByRole('toolbar')).getByRole('button', { name: 'Resend' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: /Reason/ }), { target: { value: 'deploy 4711' } });
    fireEvent.click(await within(dialog).findByRole('button', { name: 'Resend the first 10 of 120' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/operations/42');
    });
    expect(question()).toBeNull();
  });
});
