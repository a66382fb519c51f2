import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { PreviewTarget } from '../../../../server/contract/schemas/operations.ts';
import type { LocaleName } from '../../i18n/locales.ts';
import { FakeOffice } from '../../testing/fake-office.ts';
import { renderApp } from '../../testing/render-app.tsx';

const cancel: PreviewTarget = {
  exchange: 'orders',
  routingKey: 'order.cancel',
  count: 2,
  exists: true,
  queues: ['orders.cancel'],
  routing: 'known',
  failedIn: ['orders.cancel'],
  failedInUnknown: 0,
  alsoReaches: [],
};
const notice: PreviewTarget = { ...cancel, exchange: 'notice', routingKey: 'notice.send', count: 1 };

/** What the dialog of a resend says of its destinations, one text each, and below them. */
async function said(targets: PreviewTarget[], locale: LocaleName = 'en') {
  const office = new FakeOffice();
  office.preview = { ...office.preview, targets };
  await renderApp('/messages', { office, locale });
  const boxes = await screen.findAllByRole('checkbox', { name: locale === 'en' ? /^Select message/ : /선택/ });
  for (const box of boxes.slice(0, locale === 'en' ? 5 : 6)) fireEvent.click(box);
  fireEvent.click(
    within(screen.getByRole('toolbar')).getByRole('button', { name: locale === 'en' ? 'Resend' : '재전송' }),
  );
  const dialog = await screen.findByRole('dialog');
  const list = within(dialog).getByRole('list', { name: locale === 'en' ? 'Destinations' : '도착지' });
  return { dialog, places: () => [...list.children].map((place) => place.textContent) };
}

describe('Where resent messages go', () => {
  it('shows the queues that get a copy, and marks in words those that did not fail', async () => {
    const { dialog, places } = await said([
      cancel,
      { ...notice, queues: ['audit.log', 'notice.send'], failedIn: ['notice.send'], alsoReaches: ['audit.log'] },
    ]);
    expect(await within(dialog).findByText(/also reaches/)).toBeTruthy();
    expect(places().slice(0, 2)).toEqual([
      '2orders/order.cancelqueue orders.cancel',
      '1notice/notice.sendqueues audit.log, notice.sendalso reaches audit.log',
    ]);
  });

  it('says that no queue would get it, and that it goes past the queue it failed in', async () => {
    const { dialog, places } = await said([
      { ...cancel, queues: [] },
      { ...notice, queues: ['other'], failedIn: ['notice.send'], alsoReaches: ['other'] },
    ]);
    expect(await within(dialog).findByText('No queue would get them.')).toBeTruthy();
    expect(places()[1]).toBe('1notice/notice.sendqueue othernot the queue it failed in: other');
  });

  it('says once why it cannot tell, where there is no management API', async () => {
    const untold: Partial<PreviewTarget> = { routing: 'notConfigured' };
    const withoutQueues = ({ queues: _queues, ...target }: PreviewTarget) => ({ ...target, ...untold });
    const { dialog, places } = await said([withoutQueues(cancel), withoutQueues(notice)]);
    expect(
      await within(dialog).findAllByText(
        'Cannot tell which queues get a copy: RabbitMQ’s management API is not configured.',
      ),
    ).toHaveLength(1);
    expect(places()[0]).toBe('2orders/order.cancel');
  });

  it('says that there may be more, where a plugin or headers decide', async () => {
    const { dialog } = await said([
      { ...cancel, routing: 'headers' },
      { ...notice, routing: 'exchangeType', queues: undefined },
    ]);
    expect(
      await within(dialog).findByText('Other queues may get a copy too: it depends on the headers of each message.'),
    ).toBeTruthy();
    expect(within(dialog).getByText(/Cannot tell which queues get a copy: an exchange on the way/)).toBeTruthy();
  });

  it('says it in Korean', async () => {
    const { dialog } = await said([{ ...cancel, queues: ['a', 'orders.cancel'], alsoReaches: ['a'] }], 'ko');
    expect(await within(dialog).findByText(/함께 받는 다른 큐:/)).toBeTruthy();
  });
});
