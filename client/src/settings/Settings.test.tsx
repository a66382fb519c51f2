import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';

const patched = (office: FakeOffice) => office.seen.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
const openAccount = async () => {
  fireEvent.click(await screen.findByRole('button', { name: /^Account/ }));
};

describe('Frozen resends', () => {
  const frozen = { reason: 'order API is down', by: 'kim', since: '2026-11-22T03:10:42.000Z' };

  it('are told to everybody, with who, since when and why', async () => {
    const office = new FakeOffice();
    office.role = 'viewer';
    office.settings.resendsFrozen = frozen;
    await renderApp('/messages', { office });
    const banner = await screen.findByTestId('frozen-banner');
    expect(banner.textContent).toMatch(/^Resends are frozen by kim since .+: “order API is down”\. Operations wait/);
    expect(within(banner).queryByRole('button')).toBeNull();
    await openAccount();
    await screen.findByRole('menuitem', { name: 'Sign out' });
    expect(screen.queryByRole('menuitem', { name: /resends/ })).toBeNull();
  });

  it('are a switch of operators, with a reason', async () => {
    const office = await renderApp('/messages');
    await screen.findByText('1–12 of 12');
    await openAccount();
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Freeze resends …' }));
    const dialog = await screen.findByRole('dialog');
    const confirm = within(dialog).getByRole('button', { name: 'Freeze resends' });
    expect(confirm.getAttribute('aria-disabled')).toBe('true');
    fireEvent.mouseOver(confirm);
    expect(await screen.findByText('A reason is needed.')).toBeTruthy();
    fireEvent.change(within(dialog).getByRole('textbox', { name: /Reason/ }), { target: { value: ' API is down ' } });
    fireEvent.click(confirm);
    const banner = await screen.findByTestId('frozen-banner');
    expect(patched(office)).toEqual([{ resendsFrozen: { reason: 'API is down' } }]);

    fireEvent.click(within(banner).getByRole('button', { name: 'Let resends go on' }));
    fireEvent.click(
      within(await screen.findByRole('dialog', { name: 'Let resends go on?' })).getByRole('button', {
        name: 'Let resends go on',
      }),
    );
    await waitFor(() => {
      expect(screen.queryByTestId('frozen-banner')).toBeNull();
    });
    expect(patched(office)[1]).toEqual({ resendsFrozen: null });
  });
});

describe('The settings', () => {
  const open = async (role: FakeOffice['role'] = 'admin') => {
    const office = new FakeOffice();
    office.role = role;
    await renderApp('/settings', { office });
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
    await screen.findByRole('textbox', { name: 'Days that contents are kept' });
    return office;
  };
  const fill = (name: string | RegExp, value: string) => {
    fireEvent.change(screen.getByRole('textbox', { name }), { target: { value } });
  };
  const save = () => screen.getByRole('button', { name: 'Save' });
  const canSave = async () => {
    await waitFor(() => {
      expect(save().getAttribute('aria-disabled')).toBe('false');
    });
  };

  it('say what shorter terms remove before they are saved, and save only what was changed', async () => {
    const office = await open();
    office.removable.contents = { count: 1204, countAtLeast: 1204 };
    fill('Days that contents are kept', '30');
    expect(await screen.findByText('contents of 1,204 messages')).toBeTruthy();
    const asked = office.seen.find(({ path }) => path === '/api/retention/preview');
    expect(asked?.query.toString()).toBe('contentsKeptDays=30');
    expect(patched(office)).toEqual([]);
    await canSave();
    fireEvent.click(save());
    expect(await screen.findByText('The settings are saved.')).toBeTruthy();
    expect(patched(office)).toEqual([{ contentsKeptDays: 30 }]);
  });

  it('take an empty field as none', async () => {
    const office = await open();
    fill('A reason is required from so many messages up', '100');
    await canSave();
    fireEvent.click(save());
    await screen.findByText('The settings are saved.');
    fill('A reason is required from so many messages up', '');
    await canSave();
    fireEvent.click(save());
    await waitFor(() => {
      expect(patched(office)).toEqual([{ reasonRequiredFrom: 100 }, { reasonRequiredFrom: null }]);
    });
  });

  it('take whole numbers only', async () => {
    const office = await open();
    fill('Days that contents are kept', '0');
    expect(await screen.findByText('A whole number from 1 to 36,500.')).toBeTruthy();
    fireEvent.click(save());
    expect(patched(office)).toEqual([]);
  });

  it('are for administrators, and others do not find them in the menu', async () => {
    const office = await open('operator');
    expect(save().getAttribute('aria-disabled')).toBe('true');
    expect(within(screen.getByRole('navigation', { name: 'Sections' })).queryByText('Settings')).toBeNull();
    expect(patched(office)).toEqual([]);
  });
});
