import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { FakeOffice, problem } from '../testing/fake-office.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

describe('The session', () => {
  it('signs in, and goes on where the user wanted to be', async () => {
    const office = new FakeOffice();
    office.signedIn = false;
    await renderApp('/messages?queue=notice.send', { office });
    fireEvent.change(await screen.findByLabelText('Username'), { target: { value: 'operator' } });
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'wrong' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Username or password is wrong.')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'right' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByTestId('filter-queue')).toBeTruthy();
    expect(currentAddress()).toBe('/messages?queue=notice.send');
  });

  it('ends with a 401', async () => {
    const office = await renderApp('/messages');
    await screen.findByText('1–12 of 12');
    office.signedIn = false;
    fireEvent.click(screen.getByRole('tab', { name: /^Resent/ }));
    expect(await screen.findByLabelText('Username')).toBeTruthy();
  });

  it('does not end with a 403', async () => {
    const office = new FakeOffice();
    office.faults.push({ path: /^\/api\/audit-events/, answer: () => problem('access.denied') });
    await renderApp('/audit-events', { office });
    expect(await screen.findByText('Your role does not allow this.')).toBeTruthy();
    expect(screen.getByRole('navigation', { name: 'Sections' })).toBeTruthy();
  });
});

describe('The frame', () => {
  it('leads from an order ID to the order', async () => {
    await renderApp('/messages');
    const box = await screen.findByRole('textbox', { name: 'Open an order by its ID' });
    fireEvent.change(box, { target: { value: 'ORD-20261122-000003' } });
    fireEvent.submit(screen.getByRole('search'));
    expect(await screen.findByText('1 message · in 1 queue · last: died in notice.send')).toBeTruthy();
    expect(currentAddress()).toBe('/orders/ORD-20261122-000003');
  });

  it('says when RabbitMQ is away, since when, and that nothing is lost', async () => {
    const office = new FakeOffice();
    office.readiness = {
      status: 'degraded',
      checks: {
        database: { ok: true },
        broker: { ok: false, since: new Date(2026, 10, 22, 3, 10, 42).toISOString() },
        migrations: { ok: true },
      },
    };
    await renderApp('/messages', { office });
    const banner = await screen.findByTestId('health-banner');
    expect(banner.textContent).toMatch(/RabbitMQ is away since .*03:10.*Nothing is lost/);
  });

  it('says which operations run', async () => {
    const office = new FakeOffice();
    office.pace = 0;
    await office.fetch('/api/operations', {
      method: 'POST',
      body: JSON.stringify({ action: 'resend', selection: { ids: ['89000'] } }),
    });
    await renderApp('/messages', { office });
    fireEvent.click(await screen.findByRole('link', { name: '1 operation running' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Resend 1 message' })).toBeTruthy();
  });

  it('speaks Korean when told to, and English again', async () => {
    await renderApp('/messages');
    fireEvent.click(await screen.findByRole('button', { name: 'Language' }));
    fireEvent.click(await screen.findByRole('menuitemradio', { name: '한국어' }));
    expect(await screen.findByRole('heading', { level: 1, name: '실패 메시지' })).toBeTruthy();
    expect((await screen.findAllByText('대기')).length).toBeGreaterThan(1);
    expect(document.documentElement.lang).toBe('ko');
    fireEvent.click(screen.getByRole('button', { name: '언어' }));
    fireEvent.click(await screen.findByRole('menuitemradio', { name: 'English' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Failed messages' })).toBeTruthy();
  });

  it('has a screen for addresses that lead nowhere', async () => {
    await renderApp('/nowhere');
    expect(await screen.findByText('There is nothing at this address')).toBeTruthy();
    const nav = screen.getByRole('navigation', { name: 'Sections' });
    fireEvent.click(within(nav).getByRole('link', { name: 'Operations' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/operations');
    });
    expect(await screen.findByText('No operation yet')).toBeTruthy();
  });
});
