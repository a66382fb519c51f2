import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';

import { FakeOffice } from '../../testing/fake-office.ts';
import { fakeDetail, fakeMessage } from '../../testing/fake-messages.ts';
import { currentAddress, renderApp } from '../../testing/render-app.tsx';

let office: FakeOffice;
const body = (text: string) => ({ bodyPreview: { encoding: 'utf8' as const, text, truncated: false } });

beforeEach(() => {
  office = new FakeOffice();
  office.details['88996'] = body('{"orderId":"A","amount":9007199254740993}');
  office.details['89000'] = {
    ...body('{"orderId":"A","amount":9007199254740992,"note":"x"}'),
    headersTyped: [
      { name: 'x-attempt', type: 'string', value: '9007199254740993' },
      { name: '__proto__', type: 'string', value: 'just a name' },
    ],
    headerSources: ['application', 'application'],
  };
});

describe('Two messages compared', () => {
  it('say where their bodies and headers differ, exactly, and in words', async () => {
    await renderApp('/messages/compare?left=88996&right=89000', { office });
    const diff = await screen.findByRole('table', { name: 'Body' });
    expect(diff.textContent).toContain('only on the left   "amount": 9007199254740993');
    expect(diff.textContent).toContain('only on the right   "amount": 9007199254740992,');
    expect(diff.textContent).toContain('only on the right   "note": "x"');
    const headers = screen.getByRole('table', { name: 'Headers' });
    const attempt = within(headers).getByText('x-attempt').closest('tr');
    expect(attempt?.textContent).toMatch(/differs.*int64.*string/);
    expect(within(headers).queryByText('__proto__')).toBeNull();
    expect(within(headers).getByText('trace').closest('tr')?.textContent).toContain('only on the left');
  });

  it('show what is equal too where that is wanted; the choice is in the address', async () => {
    await renderApp('/messages/compare?left=88996&right=89000', { office });
    fireEvent.click(await screen.findByRole('button', { name: 'Everything' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages/compare?left=88996&right=89000&show=all');
    });
    expect(within(screen.getByRole('table', { name: 'Headers' })).getByText('__proto__')).toBeTruthy();
  });

  it('are two that are selected in the list, the one that failed first on the left', async () => {
    await renderApp('/messages?queue=orders.cancel', { office });
    const boxes = await screen.findAllByRole('checkbox', { name: /^Select message/ });
    fireEvent.click(boxes[0] as HTMLElement);
    expect(screen.queryByRole('link', { name: 'Compare' })).toBeNull();
    fireEvent.click(boxes[1] as HTMLElement);
    expect((await screen.findByRole('link', { name: 'Compare' })).getAttribute('href')).toBe(
      '#/messages/compare?left=88996&right=89000',
    );
    fireEvent.click(boxes[2] as HTMLElement);
    await waitFor(() => {
      expect(screen.queryByRole('link', { name: 'Compare' })).toBeNull();
    });
  });

  it('are a message and the one that failed before or after it in its group', async () => {
    await renderApp('/messages/88996', { office });
    fireEvent.click(await screen.findByRole('button', { name: 'Compare with …' }));
    const before = await screen.findByRole('menuitem', { name: /^The one that failed before it: 88992/ });
    expect(before.getAttribute('href')).toBe('#/messages/compare?left=88992&right=88996');
    const after = screen.getByRole('menuitem', { name: /^The one that failed after it: 89000/ });
    expect(after.getAttribute('href')).toBe('#/messages/compare?left=88996&right=89000');
  });

  it('say so where there is nothing to compare', async () => {
    await renderApp('/messages/compare?left=88996&right=x', { office });
    expect(await screen.findByText('No two messages are chosen')).toBeTruthy();
    cleanup();
    await renderApp('/messages/compare?left=88996&right=1', { office });
    expect(await screen.findByText('There is no such message.')).toBeTruthy();
    cleanup();
    office.details['89000'] = { ...fakeDetail(fakeMessage(0)), bodyPreview: null };
    await renderApp('/messages/compare?left=88996&right=89000', { office, locale: 'ko' });
    expect(await screen.findByText('둘 중 하나의 내용은 보관 기간이 지나 제거되었습니다.')).toBeTruthy();
  });
});
