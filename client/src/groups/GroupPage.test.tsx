import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { fakeGroup } from '../testing/fake-groups.ts';
import { FakeOffice } from '../testing/fake-office.ts';
import { renderApp } from '../testing/render-app.tsx';

function officeWith(...groups: Parameters<typeof fakeGroup>[1][]): FakeOffice {
  const office = new FakeOffice();
  office.groups = groups.map((over, index) => fakeGroup(index + 1, over));
  return office;
}
const changes = (office: FakeOffice) => office.seen.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
const save = () => screen.getByRole('button', { name: 'Save' });

describe('The page of a group', () => {
  it('saves what was typed and nothing else', async () => {
    const office = officeWith({ note: 'Ask team A' });
    await renderApp('/groups/1', { office });
    fireEvent.change(await screen.findByLabelText('Assigned to'), { target: { value: 'operator' } });
    fireEvent.change(screen.getByLabelText('State'), { target: { value: 'investigating' } });
    fireEvent.click(save());
    await waitFor(() => {
      expect(changes(office)).toEqual([{ version: 1, assignee: 'operator', state: 'investigating' }]);
    });
    expect(await screen.findByText('The group is saved.')).toBeTruthy();
    expect(save().getAttribute('aria-disabled')).toBe('true');
  });

  it('does not overwrite what somebody else changed meanwhile, and keeps what was typed', async () => {
    const office = officeWith({});
    await renderApp('/groups/1', { office });
    const note = await screen.findByLabelText('Note');
    fireEvent.change(note, { target: { value: 'deploy 4711' } });
    Object.assign(office.groups[0] ?? {}, { version: 5, note: 'from kim' });
    fireEvent.click(save());
    expect(await screen.findByText(/Somebody else has changed this group/)).toBeTruthy();
    expect(office.groups[0]?.note).toBe('from kim');
    expect(screen.getByLabelText<HTMLTextAreaElement>('Note').value).toBe('deploy 4711');
  });

  it('takes a tracker link of the web alone, and shows no other as a link', async () => {
    const office = officeWith({ trackerUrl: 'javascript:alert(1)' });
    await renderApp('/groups/1', { office });
    const field = await screen.findByLabelText('Tracker link');
    expect(screen.queryByRole('link', { name: /javascript/ })).toBeNull();
    fireEvent.change(field, { target: { value: 'OPS-12' } });
    expect(save().getAttribute('aria-disabled')).toBe('true');
    fireEvent.change(field, { target: { value: 'https://tracker.example/OPS-12' } });
    fireEvent.click(save());
    const link = await screen.findByRole('link', { name: /tracker\.example/ });
    expect(link.getAttribute('rel')).toBe('noopener noreferrer');
  });

  it('says that a time is missing when that field is emptied', async () => {
    await renderApp('/groups/1', { office: officeWith({}) });
    fireEvent.change(await screen.findByLabelText('State'), { target: { value: 'snoozed' } });
    expect(save().getAttribute('aria-disabled')).not.toBe('true');
    fireEvent.change(screen.getByLabelText('Snooze until'), { target: { value: '' } });
    expect(await screen.findByText('Choose a time within the next year.')).toBeTruthy();
    expect(save().getAttribute('aria-disabled')).toBe('true');
  });

  it('takes in other groups that were chosen by name', async () => {
    const office = officeWith({}, {});
    await renderApp('/groups/1', { office });
    fireEvent.click(await screen.findByRole('button', { name: 'Merge groups into this one' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(await within(dialog).findByRole('checkbox', { name: /Unknown template/ }));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Merge 1 group' }));
    expect(await screen.findByText('The groups are merged.')).toBeTruthy();
    const asked = office.seen.find(({ path }) => path === '/api/groups/1/merge');
    expect(asked?.body).toEqual({ groupIds: ['2'] });
  });

  it('may be looked at by a viewer, who changes nothing', async () => {
    const office = officeWith({});
    office.role = 'viewer';
    await renderApp('/groups/1', { office });
    expect((await screen.findByLabelText<HTMLTextAreaElement>('Note')).disabled).toBe(true);
    expect(save().getAttribute('aria-disabled')).toBe('true');
  });
});
