import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice, problem } from '../testing/fake-office.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

const panel = async (name: string) => screen.findByRole('region', { name });
const addressOf = (link: HTMLElement) => decodeURIComponent(link.getAttribute('href') ?? '').replace(/^#/, '');

describe('The overview', () => {
  it('is the start page, and says what waits, how that moves, and since when', async () => {
    const office = await renderApp('/');
    expect(await screen.findByRole('heading', { level: 1, name: 'Overview' })).toBeTruthy();
    const pending = await screen.findByRole('link', { name: /^Pending/ });
    expect(pending.textContent).toMatch(/^Pending 1,204 300 more since .*\d\d:00.*50 fewer since .*\d\d:00/);
    expect(addressOf(pending)).toBe('/messages');
    expect(screen.getByRole('link', { name: /^Waiting in dead queues 17 in 2 dead queues/ })).toBeTruthy();
    const cameBack = screen.getByRole('link', { name: /^Came back today 5 of 12 resent/ });
    expect(addressOf(cameBack)).toContain('minFailureCount=2');
    const asked = office.seen.find(({ path }) => path === '/api/stats/overview');
    expect(asked?.query.get('timeZone')).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(screen.getByRole('link', { name: 'Overview' }).getAttribute('aria-current')).toBe('page');
  });

  it('says about how many wait where they are too many to be counted', async () => {
    const office = new FakeOffice();
    office.overview.pending = { ...office.overview.pending, count: null, countAtLeast: 10_001, estimate: 1_234_567 };
    await renderApp('/', { office });
    expect(await screen.findByText('about 1,200,000')).toBeTruthy();
  });

  it('leads from a group to its messages, and shows how it grew', async () => {
    await renderApp('/');
    const growing = within(await panel('Growing fastest'));
    const link = growing.getByRole('link', { name: 'TimeoutError Order API timed out after # ms' });
    expect(addressOf(link)).toBe('/messages?groupId=7');
    expect(growing.getByText(/312 since .*4 an hour before/)).toBeTruthy();
    expect(growing.getByRole('img', { name: 'Last 24 hours: 400 failures, at most 156 in an hour' })).toBeTruthy();
    const returned = within(await panel('Came back today'));
    expect(returned.getByText(/resent 12 · came back 5/)).toBeTruthy();
  });

  it('shows the dead queues to look at first, with what waits, how fast they fill, and warnings in words', async () => {
    await renderApp('/');
    const queues = within(await panel('Dead queues'));
    const rows = queues.getAllByRole('row').map((row) => row.textContent);
    expect(rows[1]).toMatch(/^notice\.deadconsuming002$/);
    expect(rows[2]).toMatch(/^orders\.deadconsuming17[\d.]+none$/);
    expect(queues.getByRole('link', { name: '2 warnings' })).toBeTruthy();
    expect(addressOf(queues.getByRole('link', { name: 'orders.dead' }))).toBe('/messages?deadQueue=orders.dead');
  });

  it('has the numbers of the chart as a table too, where each leads to its messages', async () => {
    const office = await renderApp('/');
    const chart = await panel('Failures over time');
    fireEvent.click(await within(chart).findByRole('button', { name: 'Group' }));
    fireEvent.click(within(chart).getByRole('button', { name: 'Table' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/?by=group&shape=table');
    });
    const cell = await within(chart).findByRole('link', { name: '4' });
    const to = new URLSearchParams(addressOf(cell).split('?')[1]);
    expect([to.get('status'), to.get('groupId')]).toEqual(['all', '7']);
    expect(Date.parse(to.get('failedBefore') ?? '') - Date.parse(to.get('failedAfter') ?? '')).toBe(3_600_000);
    const asked = office.seen.findLast(({ path }) => path === '/api/stats/failures');
    expect([asked?.query.get('by'), asked?.query.get('bucket')]).toEqual(['group', 'hour']);
    fireEvent.click(within(chart).getByRole('button', { name: '30 d' }));
    await waitFor(() => {
      const last = office.seen.findLast(({ path }) => path === '/api/stats/failures');
      expect(last?.query.get('bucket')).toBe('day');
    });
  });

  it('begins with what to do first, where no dead queue is watched', async () => {
    const office = new FakeOffice();
    office.role = 'admin';
    office.overview = { ...office.overview, hasFailed: false, deadQueues: [] };
    await renderApp('/', { office });
    expect(await screen.findByText('No dead queue is watched yet')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Watch a dead queue' }));
    expect(await screen.findByRole('dialog')).toBeTruthy();
  });

  it('says that nothing has failed, where that is so', async () => {
    const office = new FakeOffice();
    office.overview.hasFailed = false;
    await renderApp('/', { office });
    expect(await screen.findByText('Nothing has failed yet')).toBeTruthy();
    expect(screen.getByText(/^2 dead queues are watched/)).toBeTruthy();
    expect(screen.queryByRole('region', { name: 'Failures over time' })).toBeNull();
  });

  it('says what happened when the office does not answer, and asks again', async () => {
    const office = new FakeOffice();
    office.faults.push({ path: /^\/api\/stats\/overview/, answer: () => problem('database.away') });
    await renderApp('/', { office });
    expect(await screen.findByText(/The database is away/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: /^Pending/ })).toBeTruthy();
  });
});
