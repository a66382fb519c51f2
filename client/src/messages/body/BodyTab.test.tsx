import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { FakeOffice } from '../../testing/fake-office.ts';
import { renderApp } from '../../testing/render-app.tsx';

async function open(text: string, over: Partial<MessageDetail> = {}, locale: 'en' | 'ko' = 'en') {
  const office = new FakeOffice();
  office.details['89000'] = { bodyPreview: { encoding: 'utf8', text, truncated: false }, ...over };
  await renderApp('/messages/89000', { office, locale });
  return screen.findByTestId('body');
}
const shown = () => screen.getByTestId('body').textContent;
const part = (name: string) => screen.getByRole('button', { name });
const BODY = '{"order":{"id":9007199254740993,"lines":[1.10,2]},"customer":"김하늘"}';

describe('The body of a message', () => {
  it('folds and unfolds its parts, and changes nothing in it', async () => {
    await open(BODY);
    const order = part('"order": 2 entries');
    expect(order.getAttribute('aria-expanded')).toBe('true');
    fireEvent.click(order);
    expect(part('"order": 2 entries').getAttribute('aria-expanded')).toBe('false');
    expect(shown()).not.toContain('9007199254740993');
    expect(shown()).toContain('"order": { … 2 entries');
    fireEvent.click(part('"order": 2 entries'));
    expect(shown().replace(/\s/g, '')).toBe(BODY);
  });

  it('has one of its fold buttons in the tab order; the arrows go on, fold and unfold', async () => {
    await open(BODY);
    const inTabOrder = () =>
      screen.getAllByRole('button').filter((button) => button.dataset['fold'] && button.tabIndex === 0);
    expect(inTabOrder()).toHaveLength(1);
    inTabOrder()[0]?.focus();
    const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
    press('ArrowDown');
    press('ArrowDown');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('"lines": 2 entries');
    press('ArrowLeft');
    expect(part('"lines": 2 entries').getAttribute('aria-expanded')).toBe('false');
    press('ArrowRight');
    expect(part('"lines": 2 entries').getAttribute('aria-expanded')).toBe('true');
    expect(inTabOrder().map((button) => button.getAttribute('aria-label'))).toEqual(['"lines": 2 entries']);
  });

  it('is searched as it is shown: how many, which one, on and back; what is found is unfolded', async () => {
    await open(BODY);
    fireEvent.click(part('"order": 2 entries'));
    const field = screen.getByRole('searchbox', { name: 'Search in the body' });
    fireEvent.change(field, { target: { value: '2' } });
    await screen.findByText('1 of 2');
    expect(shown()).toContain('9007199254740993');
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(await screen.findByText('2 of 2')).toBeTruthy();
    fireEvent.keyDown(field, { key: 'Enter', shiftKey: true });
    expect(await screen.findByText('1 of 2')).toBeTruthy();
    const marks = [...document.querySelectorAll('mark')];
    expect(marks.map((mark) => [mark.textContent, mark.className])).toEqual([
      ['2', 'current'],
      ['2', ''],
    ]);
    fireEvent.click(screen.getByRole('button', { name: 'Raw' }));
    await waitFor(() => {
      expect(shown()).toBe(BODY);
    });
    fireEvent.change(field, { target: { value: 'nothing' } });
    expect(await screen.findByText('not found')).toBeTruthy();
  });

  it('is searched in Korean, from the key "/" on, but not by the Enter that ends a syllable', async () => {
    await open('{"a":"하늘 하늘"}', {}, 'ko');
    fireEvent.keyDown(document.body, { key: '/' });
    const field = screen.getByRole('searchbox', { name: '본문에서 찾기' });
    expect(document.activeElement).toBe(field);
    fireEvent.change(field, { target: { value: '하늘' } });
    await screen.findByText('2개 중 1번째');
    fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
    expect(screen.getByText('2개 중 1번째')).toBeTruthy();
    fireEvent.keyDown(field, { key: 'Escape' });
    await waitFor(() => {
      expect(document.querySelector('mark')).toBeNull();
    });
  });

  it('is hex where its content type calls it an image and its bytes are none; markup never runs', async () => {
    const markup = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
    await open(markup, {
      contentType: 'image/png',
      bodyPreview: { encoding: 'base64', text: btoa(`\u00ff${markup}`), truncated: false },
    });
    expect(screen.getByText(/^It is not an image of the kind/)).toBeTruthy();
    expect(shown()).toMatch(/^00000000 {2}ff 3c 73/);
    cleanup();
    await open(markup, { contentType: 'image/svg+xml' });
    expect(shown()).toBe(markup);
    expect(document.querySelector('img')).toBeNull();
  });
});
