import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { fakeGroup } from '../testing/fake-groups.ts';
import { FakeOffice, problem } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';

const UNSURE = 'Nobody knows whether it was done. Look before you do it again.';

/** The page of a group with a note that is about to be saved, and an office that answers so. */
async function save(answer: () => Response): Promise<void> {
  const office = new FakeOffice();
  office.groups = [fakeGroup(1)];
  await renderApp('/groups/1', { office });
  fireEvent.change(await screen.findByLabelText('Note'), { target: { value: 'deploy 4711' } });
  office.faults.push({ path: /^\/api\/groups\/1$/, answer });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
}

describe('An act that failed', () => {
  it('was refused: nothing is changed', async () => {
    await save(() => problem('access.denied'));
    expect(await screen.findByText('Nothing was changed.')).toBeTruthy();
  });

  it('got no answer: nobody knows', async () => {
    await save(() => {
      throw new TypeError('Failed to fetch');
    });
    expect(await screen.findByText(UNSURE)).toBeTruthy();
  });

  it('that had no form says it in passing', async () => {
    const office = new FakeOffice();
    office.pace = 0;
    await office.fetch('/api/operations', {
      method: 'POST',
      body: JSON.stringify({ action: 'resend', selection: { ids: ['89000', '88999'] } }),
    });
    await renderApp('/operations/42', { office });
    office.faults.push({ path: /\/pause$/, answer: () => problem('access.denied') });
    fireEvent.click(await screen.findByRole('button', { name: 'Pause' }));
    expect(await screen.findByText('Your role does not allow this. Nothing was changed.')).toBeTruthy();
  });

  it('of signing out leaves one signed in, and says so', async () => {
    const office = await renderApp('/orders');
    office.faults.push({
      path: /^\/api\/session$/,
      answer: () => {
        throw new TypeError('Failed to fetch');
      },
    });
    fireEvent.click(await screen.findByRole('button', { name: /^Account/ }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    expect(await screen.findByText(new RegExp(UNSURE))).toBeTruthy();
    expect(within(screen.getByRole('navigation', { name: 'Sections' })).getByText('Orders')).toBeTruthy();
  });
});
