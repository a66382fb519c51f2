/**
 * @typedef {import('playwright-core').Page} Page
 *
 * @typedef {object} Desk what the pictures are taken of
 * @property {string} console its address
 * @property {(cause: string) => Promise<void>} calm mends a cause in the example, and lets no new orders come: a resent
 *   message is settled when its queue has been empty for a while
 *
 * @typedef {object} Screen
 * @property {string} picture the name of its file in docs/tour, without its ending
 * @property {string} [address] where to go first; without one the picture is of what is open already
 * @property {(page: Page, desk: Desk) => Promise<void>} open does what is to be done there, and waits for what is to be seen
 * @property {'light' | 'dark'} [theme]
 * @property {'desk' | 'phone'} [size]
 * @property {'en' | 'ko'} [language]
 */

/** @param {Page} page @param {string} name */
const heading = (page, name) => page.locator('#main').getByRole('heading', { level: 1, name }).first().waitFor();
/** @param {Page} page */
const rows = (page) => page.locator('#main tbody time').first().waitFor();
/** @param {Page} page */
const dialog = (page) => page.getByRole('dialog').last();

/** The start page with everything on it: figures, chart, groups. @param {Page} page */
const startPage = async (page) => {
  await page.locator('#main .MuiBarChart-element').last().waitFor();
  await page.getByRole('region', { name: 'Growing fastest' }).getByRole('link').first().waitFor();
};

const BROKEN = /OrderApiTimeoutError/;

/**
 * The walk of a newcomer, from the start page to "resent, and none came back": each picture goes on from the one before.
 * @type {readonly Screen[]}
 */
export const WALK = [
  {
    picture: '1-start',
    address: '/',
    open: startPage,
  },
  {
    picture: '2-messages',
    open: async (page) => {
      await page.getByRole('region', { name: 'Growing fastest' }).getByRole('link', { name: BROKEN }).first().click();
      await rows(page);
    },
  },
  {
    picture: '3-message',
    open: async (page) => {
      await page.locator('#main tbody tr').first().click();
      await page.getByTestId('body').waitFor();
    },
  },
  {
    picture: '4-question',
    open: async (page, { calm }) => {
      await calm('order-api');
      await page.goBack();
      await rows(page);
      await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
      await page.getByRole('toolbar').getByRole('button', { name: 'Resend' }).click();
      await dialog(page)
        .getByRole('button', { name: /^Resend (the first )?\d/ })
        .waitFor();
      await dialog(page)
        .getByRole('textbox', { name: /Reason/ })
        .fill('the order API answers again');
    },
  },
  {
    picture: '5-resent',
    open: async (page) => {
      await dialog(page)
        .getByRole('button', { name: /^Resend (the first )?\d/ })
        .click();
      await dialog(page).getByText('finished').waitFor({ timeout: 60_000 });
    },
  },
  {
    picture: '6-none-came-back',
    open: async (page) => {
      await dialog(page).getByRole('link', { name: 'Open the operation' }).click();
      await page.getByText(/^None came back · \d+ settled$/).waitFor({ timeout: 180_000 });
    },
  },
];

/**
 * Every other screen, each on its own. A new screen is one entry here and a paragraph in docs/tour.md.
 * @type {readonly Screen[]}
 */
export const SCREENS = [
  { picture: 'groups', address: '/groups', open: rows },
  {
    picture: 'group',
    address: '/groups',
    open: async (page) => {
      await page.locator('#main').getByRole('link', { name: BROKEN }).first().click();
      await page.getByLabel('Note').waitFor();
    },
  },
  { picture: 'messages', address: '/messages?status=all', open: rows },
  {
    picture: 'compare',
    address: '/messages?errorType=TemplateNotFoundError',
    open: async (page) => {
      await rows(page);
      const boxes = page.locator('#main tbody').getByRole('checkbox');
      await boxes.nth(0).check();
      await boxes.nth(1).check();
      await page
        .getByRole('toolbar')
        .getByRole('link', { name: /^Compare/ })
        .click();
      await heading(page, 'Messages');
    },
  },
  {
    picture: 'edit',
    address: '/messages?errorType=TemplateNotFoundError',
    open: async (page) => {
      await page.locator('#main tbody tr').first().click();
      await page.getByTestId('body').waitFor();
      await page.keyboard.press('e');
      await page.locator('.cm-content').first().click();
      await page.keyboard.press('ControlOrMeta+End');
      await page.keyboard.press('Backspace');
      await page.keyboard.insertText(',"template":"TMS-300"}');
      await page.getByRole('button', { name: /^Review/ }).click();
      await page.getByLabel(/^Reason/).waitFor();
    },
  },
  {
    picture: 'timeline',
    address: '/messages?status=all&errorType=OrderApiTimeoutError',
    open: async (page) => {
      await page.locator('#main tbody tr').first().click();
      await page.getByRole('tab', { name: /^Timeline/ }).click();
      await page.getByRole('tabpanel').getByRole('listitem').first().waitFor();
    },
  },
  {
    picture: 'order',
    address: '/messages?status=all&errorType=OrderApiTimeoutError',
    open: async (page) => {
      await page.locator('#main tbody').getByRole('link', { name: /^ORD-/ }).first().click();
      await heading(page, 'ORD-');
      await page.getByRole('region', { name: 'What happened' }).or(page.getByText('What happened')).first().waitFor();
    },
  },
  {
    picture: 'operations',
    address: '/operations',
    open: rows,
  },
  {
    picture: 'dead-queues',
    address: '/dead-queues',
    open: (page) => page.getByRole('article').first().waitFor(),
  },
  { picture: 'rejects', address: '/rejects', open: (page) => heading(page, 'Manual registration') },
  { picture: 'audit', address: '/audit-events', open: rows },
  {
    picture: 'settings',
    address: '/settings',
    open: (page) => page.getByLabel('Days that contents are kept').waitFor(),
  },
  {
    picture: 'keys',
    address: '/messages',
    open: async (page) => {
      await rows(page);
      await page.keyboard.press('?');
      await dialog(page).waitFor();
    },
  },
  {
    picture: 'overview-dark',
    address: '/',
    theme: 'dark',
    open: startPage,
  },
  {
    picture: 'messages-phone',
    address: '/messages?status=all',
    size: 'phone',
    open: (page) => page.locator('#main time').first().waitFor(),
  },
  { picture: 'messages-korean', address: '/messages?status=all', language: 'ko', open: rows },
];
