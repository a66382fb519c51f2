import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';

const LIMITED = 'You see these dead queues alone: cards.*, bills.dead';

describe('Whoever is limited to some dead queues', () => {
  it('finds in the account menu and in an empty list which, and what they may not do with the reason', async () => {
    const office = new FakeOffice();
    office.role = 'admin';
    office.scope = ['cards.*', 'bills.dead'];
    await renderApp('/messages?queue=nowhere', { office });
    expect(await screen.findByText(LIMITED)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: /^Account/ }));
    expect(await screen.findAllByText(LIMITED)).toHaveLength(2);
    // Stopping all resends is about everybody's.
    expect(screen.queryByRole('menuitem', { name: 'Freeze resends …' })).toBeNull();
  });

  it('is told nothing of it where they see all', async () => {
    await renderApp('/messages?queue=nowhere');
    fireEvent.click(await screen.findByRole('button', { name: /^Account/ }));
    expect(await screen.findByText(/Signed in as/)).toBeTruthy();
    expect(screen.queryByText(/You see these dead queues/)).toBeNull();
    expect(await screen.findByRole('menuitem', { name: 'Freeze resends …' })).toBeTruthy();
  });
});
