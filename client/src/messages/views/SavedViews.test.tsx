import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { SavedView } from '../../../../server/contract/schemas/saved-views.ts';
import { FakeOffice } from '../../testing/fake-office.ts';
import { currentAddress, renderApp } from '../../testing/render-app.tsx';

const view = (over: Partial<SavedView>): SavedView => ({
  id: '1',
  name: 'Timeouts',
  address: 'errorType=TimeoutError&failedAfter=-1d',
  isShared: false,
  owner: 'operator',
  isMine: true,
  version: 1,
  updatedAt: '2026-11-22T00:00:00.000Z',
  ...over,
});
const openMenu = async (name: RegExp | string) => {
  fireEvent.click(await screen.findByRole('button', { name }));
  // Other menus are in the page too, not shown.
  const menu = (await screen.findByText('Save as a new view …')).closest<HTMLElement>('[role="menu"]');
  if (!menu) throw new Error('The menu of views is not open.');
  return menu;
};

describe('Saved views', () => {
  it('keep the filters and the order under a name, but no place in the list', async () => {
    const office = await renderApp('/messages?queue=orders.cancel&sort=failedAt&page=2');
    fireEvent.click(within(await openMenu('Views')).getByText('Save as a new view …'));
    const dialog = await screen.findByRole('dialog', { name: 'Save this view' });
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Name' }), { target: { value: 'Cancels ' } });
    fireEvent.click(within(dialog).getByRole('checkbox'));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => {
      expect(office.savedViews).toMatchObject([
        { name: 'Cancels', address: 'queue=orders.cancel&sort=failedAt', isShared: true },
      ]);
    });
    expect(await screen.findByRole('button', { name: 'View: Cancels' })).toBeTruthy();
  });

  it('are chosen from one’s own and the shared ones, and say when they were changed since', async () => {
    const office = new FakeOffice();
    office.savedViews = [
      view({}),
      view({ id: '2', name: 'Expired', address: 'reason=expired', isShared: true, isMine: false, owner: 'jin' }),
    ];
    await renderApp('/messages', { office });
    const menu = await openMenu('Views');
    expect(within(menu).getByText('by jin')).toBeTruthy();
    fireEvent.click(within(menu).getByText('Timeouts'));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?errorType=TimeoutError&failedAfter=-1d');
    });
    fireEvent.click(within(await screen.findByTestId('filter-failedAfter')).getByTestId('CancelIcon'));
    const changed = await openMenu('View: Timeouts (changed)');
    fireEvent.click(within(changed).getByText('Set “Timeouts” to what is shown'));
    await waitFor(() => {
      expect(office.savedViews[0]).toMatchObject({ address: 'errorType=TimeoutError', version: 2 });
    });
  });

  it('of others can be used, but not changed by an operator', async () => {
    const office = new FakeOffice();
    office.savedViews = [view({ isShared: true, isMine: false, owner: 'jin', address: 'reason=error' })];
    await renderApp('/messages?reason=error', { office });
    const menu = await openMenu('View: Timeouts');
    expect(within(menu).queryByText(/^Remove/)).toBeNull();
  });

  it('go after a question, and a name that is taken is told in the dialog', async () => {
    const office = new FakeOffice();
    office.savedViews = [view({ address: '' })];
    await renderApp('/messages', { office });
    fireEvent.click(within(await openMenu('View: Timeouts')).getByText('Save as a new view …'));
    const dialog = await screen.findByRole('dialog', { name: 'Save this view' });
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Name' }), { target: { value: 'Timeouts' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await within(dialog).findByText(/You have a view of this name already/)).toBeTruthy();
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    fireEvent.click(within(await openMenu('View: Timeouts')).getByText('Remove “Timeouts” …'));
    fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => {
      expect(office.savedViews).toEqual([]);
    });
  });
});
