import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice } from '../testing/fake-office.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

const ID = '88996';
const preview = (text: string) => ({ bodyPreview: { encoding: 'utf8' as const, text, truncated: false } });

function officeAs(role: FakeOffice['role']): FakeOffice {
  const office = new FakeOffice();
  office.role = role;
  office.details[ID] = { ...preview('{"name":"•••"}'), masked: { count: 2, rules: ['email', 'names'], body: null } };
  office.revealed = preview('{"name":"Kim Minsu"}');
  return office;
}

describe('A message with masked values', () => {
  it('says how many and by what, marks them for those who do not see, and who may not reveal learns why', async () => {
    const office = await renderApp(`/messages/${ID}`, { office: officeAs('operator') });
    const note = await screen.findByTestId('masked');
    expect(note.textContent).toContain('2 values masked. By: E-mail addresses, names.');
    expect(within(screen.getByTestId('body')).getByRole('img', { name: 'masked value' })).toBeTruthy();
    const button = within(note).getByRole('button', { name: 'Reveal…' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(office.seen.some(({ path }) => path.endsWith('/reveal'))).toBe(false);
  });

  it('is shown without masks for a reason, until the page is left', async () => {
    const office = await renderApp(`/messages/${ID}`, { office: officeAs('lead') });
    await screen.findByTestId('masked');
    const download = await screen.findByRole('button', { name: 'Download' });
    // The file has no masks: it asks the same question.
    fireEvent.click(download);
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: /Reason/ }), { target: { value: 'refund 12' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Reveal' }));
    expect((await screen.findByTestId('revealed')).textContent).toContain('Shown without masks to');
    await waitFor(() => {
      expect(screen.getByTestId('body').textContent).toContain('Kim Minsu');
    });
    expect(office.seen.find(({ path }) => path.endsWith('/reveal'))?.body).toEqual({ reason: 'refund 12' });
    expect(currentAddress()).toBe(`/messages/${ID}`);
    expect(screen.getByRole('link', { name: 'Download' })).toBeTruthy();
    window.location.hash = '#/messages/89000';
    await waitFor(() => {
      expect(screen.queryByTestId('revealed')).toBeNull();
    });
    window.location.hash = `#/messages/${ID}`;
    expect(await screen.findByTestId('masked')).toBeTruthy();
    expect(document.body.textContent).not.toContain('Kim Minsu');
  });
});

describe('The masking rules', () => {
  it('are there to read for everybody, and to change for leads', async () => {
    await renderApp('/settings/masking', { office: officeAs('viewer') });
    const toggle = await screen.findByRole<HTMLInputElement>('switch', { name: 'E-mail addresses in force' });
    expect([toggle.checked, toggle.disabled]).toEqual([true, true]);
    expect(screen.getByRole('button', { name: 'Add rule' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('are added with what is wrong with them said at their value, and switched off', async () => {
    const office = await renderApp('/settings/masking', { office: officeAs('lead') });
    fireEvent.click(await screen.findByRole('button', { name: 'Add rule' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: /^Name/ }), { target: { value: 'names' } });
    const value = within(dialog).getByRole('textbox', { name: /^Value/ });
    fireEvent.change(value, { target: { value: '$..a..b' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await within(dialog).findByText(/This path could take too long on a large body\./)).toBeTruthy();
    fireEvent.change(value, { target: { value: '$.customer.name' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('$.customer.name')).toBeTruthy();
    fireEvent.click(screen.getByRole('switch', { name: 'names in force' }));
    await waitFor(() => {
      expect(office.maskingRules.find(({ name }) => name === 'names')?.enabled).toBe(false);
    });
  });

  it('are tried on a pasted text', async () => {
    await renderApp('/settings/masking', { office: officeAs('viewer') });
    fireEvent.change(await screen.findByRole('textbox', { name: 'Sample' }), { target: { value: 'to a@b.kr' } });
    fireEvent.click(screen.getByRole('button', { name: 'Try' }));
    expect((await screen.findByTestId('tried')).textContent).toBe('to •••');
  });
});
