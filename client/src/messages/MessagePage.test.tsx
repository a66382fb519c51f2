import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { addStory } from '../testing/fake-story.ts';
import { FakeOffice } from '../testing/fake-office.ts';
import { fakeMessage } from '../testing/fake-messages.ts';
import { currentAddress, renderApp } from '../testing/render-app.tsx';

describe('The page of one message', () => {
  it('says in one sentence what failed, and draws the way it took', async () => {
    await renderApp('/messages/88996');
    const headline = 'orders.cancel rejected it 2 times: TimeoutError, “Order API timed out after 3000 ms”';
    expect(await screen.findByRole('heading', { level: 1, name: headline })).toBeTruthy();
    const way = screen.getByRole('region', { name: 'The way it took' });
    expect(way.textContent).toMatch(/orders.*order\.cancel.*orders\.cancel.*rejected ×2.*orders\.dead.*here/);
  });

  it('counts in Korean from the second time on', async () => {
    await renderApp('/messages/88996', { locale: 'ko' });
    expect(await screen.findByRole('heading', { level: 1, name: /^orders\.cancel 큐에서 2번 거부됨:/ })).toBeTruthy();
    cleanup();
    await renderApp('/messages/89000', { locale: 'ko' });
    expect(await screen.findByRole('heading', { level: 1, name: /^orders\.cancel 큐에서 거부됨:/ })).toBeTruthy();
  });

  it('shows JSON bodies with exact numbers', async () => {
    await renderApp('/messages/88996');
    expect((await screen.findByTestId('body')).textContent).toContain('"amount": 9007199254740993');
    fireEvent.click(screen.getByRole('button', { name: 'Hex' }));
    expect(screen.getByTestId('body').textContent).toMatch(/^00000000 {2}7b 22/);
  });

  it('shows headers of any name with their types', async () => {
    await renderApp('/messages/88996?tab=headers');
    expect(await screen.findByText('__proto__')).toBeTruthy();
    expect(screen.getByText('int64')).toBeTruthy();
    expect(screen.getByText('9007199254740993')).toBeTruthy();
  });

  it('has the open tab in its address', async () => {
    await renderApp('/messages/88996');
    fireEvent.click(await screen.findByRole('tab', { name: 'Timeline' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages/88996?tab=timeline');
    });
    expect((await screen.findByTestId('timeline')).textContent).toContain('died again in orders.cancel');
  });

  it('leads to its neighbours in the list that it was opened from, and back to that list', async () => {
    await renderApp('/messages?queue=orders.cancel');
    fireEvent.click((await screen.findAllByText('Order API timed out after 3000 ms'))[1] as HTMLElement);
    fireEvent.click(await screen.findByRole('link', { name: 'Next message of the list' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages/88992');
    });
    fireEvent.click(await screen.findByRole('link', { name: 'Back to the list' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?queue=orders.cancel');
    });
  });

  it('goes on at the borders of the page by the cursor of the list, by keys too', async () => {
    const office = await renderApp('/messages?perPage=3');
    const press = (key: string) => fireEvent.keyDown(document.body, { key });
    fireEvent.click((await screen.findAllByText(/^Nothing|It expired in/))[0] as HTMLElement);
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages/88998');
    });
    await waitFor(() => {
      expect(screen.getByRole('link', { name: 'Next message of the list' }).getAttribute('href')).toBe(
        '#/messages/88997',
      );
    });
    press('j');
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages/88997');
    });
    await screen.findByRole('link', { name: 'Previous message of the list' });
    press('j');
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages/88996');
    });
    // By cursor and not by number: what was dealt with has left the list, and nothing may be left out because of it.
    const turned = office.seen.filter(({ path, query }) => path === '/api/messages' && query.has('after'));
    expect(turned.map(({ query }) => [query.get('after'), query.get('page'), query.get('perPage')])).toEqual([
      ['3', null, '3'],
    ]);
    await screen.findByRole('link', { name: 'Next message of the list' });
    press('k');
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages/88997');
    });
    fireEvent.click(await screen.findByRole('link', { name: 'Back to the list' }));
    await waitFor(() => {
      expect(currentAddress()).toBe('/messages?perPage=3&page=2&after=3');
    });
  });

  it('says of each resend who, when and by which operation, and that it came back', async () => {
    const office = new FakeOffice();
    const [message] = office.messages;
    if (!message) throw new Error('The office has messages.');
    addStory(office, message);
    await renderApp('/messages/89000', { office });
    const way = await screen.findByRole('region', { name: 'The way it took' });
    await waitFor(() => {
      expect(way.textContent).toMatch(
        /rejected ×2.*orders\.dead.*here.*Resend by operator-2.*operation 42.*“order API fixed, deploy 4711”.*confirmed.*came back/,
      );
    });
    expect(screen.getByRole('link', { name: 'operation 42' }).getAttribute('href')).toBe('#/operations/42');
  });

  it('has its headers by who put them there, with what it was for one step away', async () => {
    await renderApp('/messages/89000?tab=headers');
    const broker = await screen.findByRole('button', { name: /^Broker 1/ });
    expect(screen.getByRole('button', { name: /^Yours 3/ }).getAttribute('aria-expanded')).toBe('true');
    expect(screen.queryByText('x-delivery-count')).toBeNull();
    fireEvent.click(broker);
    expect(screen.getByText('x-delivery-count')).toBeTruthy();
  });

  it('says why a message cannot go back to where it was', async () => {
    await renderApp('/messages/88997');
    expect(await screen.findByText(/Where it came from is unknown/)).toBeTruthy();
  });

  it('says that a message was in an envelope, what of it is a guess, and where the envelope is', async () => {
    const office = new FakeOffice();
    office.messages = [fakeMessage(0, { framework: 'easynetq' }), fakeMessage(4)];
    await renderApp('/messages/89000', { office });
    const note = await screen.findByTestId('envelope');
    expect(note.textContent).toMatch(
      /^EasyNetQ put the failed message into an envelope.*a guess: header retries, body\./,
    );
    const name = 'Download the envelope as it arrived (2 KiB)';
    expect(screen.getByRole('button', { name }).getAttribute('aria-disabled')).toBe('true');
    cleanup();
    office.role = 'lead';
    await renderApp('/messages/89000', { office });
    await screen.findByTestId('envelope');
    // The file has no masks: why it is wanted is asked for first.
    fireEvent.click(screen.getByRole('button', { name }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: /Reason/ }), { target: { value: 'refund 12' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Reveal' }));
    const link = await screen.findByRole('link', { name });
    expect(link.getAttribute('href')).toBe('/api/messages/89000/body?as=arrived');
    cleanup();
    await renderApp('/messages/88996', { office, locale: 'ko' });
    await screen.findByTestId('body');
    expect(screen.queryByTestId('envelope')).toBeNull();
  });

  it('says so when there is no such message', async () => {
    await renderApp('/messages/1');
    expect(await screen.findByText('There is no such message.')).toBeTruthy();
    expect(screen.getByText('Request req-1')).toBeTruthy();
  });
});
