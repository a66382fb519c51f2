import { readdir } from 'node:fs/promises';
import path from 'node:path';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { Editing } from '../../server/contract/schemas/drafts.ts';
import type { MessageDetail } from '../../server/contract/schemas/messages.ts';
import type { Operation } from '../../server/contract/schemas/operations.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { openBrowser, signIn } from '../support/browser.ts';
import { walkConsole } from '../support/console-walk.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { HOSTILE_NAME, HOSTILE_TEXTS, hostileMessages } from '../support/hostile-corpus.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { reveal } from '../support/reveal.ts';
import { uniqueName, waitFor } from '../support/services.ts';
import { signInAs } from '../support/sign-in.ts';

const route = z.object({ props: z.object({ path: z.string() }) });
const resource = z.object({
  name: z.string(),
  list: z.unknown(),
  children: z.union([route.transform((one) => [one]), z.array(route)]).optional(),
});

/** The addresses of the console's resources, as their folders export them. One that nobody links to needs a seed below. */
async function screens(): Promise<string[]> {
  const source = path.resolve(import.meta.dirname, '../../client/src');
  const indices = (await readdir(source, { recursive: true })).filter((file) => /^[\w-]+\/index\.tsx?$/.test(file));
  const exported = await Promise.all(indices.map(async (file) => (await import(path.join(source, file))) as object));
  return exported.flatMap(Object.values).flatMap((value: unknown) => {
    const { data } = resource.safeParse(value);
    if (data === undefined) return [];
    const below = (data.children ?? []).map(({ props }) => `/${data.name}/${props.path.replace(/:\w+/g, ':id')}`);
    return data.list === undefined ? below : [`/${data.name}`, ...below];
  });
}

/** Texts that the database and the broker take as names. */
const name = (suffix: string) => `${HOSTILE_NAME}${suffix}`;

let office: TestOffice;
let dead: TestDeadQueue;
let browser: Browser;
let ids: { messages: string[]; edited: string; edit: string; group: string; operation: string; reject: string };

interface Listed {
  data: { id: string; groupId: string; orderId?: string }[];
}

async function listed(path: string, count: number): Promise<Listed['data']> {
  return await waitFor(
    async () => {
      const { data } = (await office.api.get(path).expect(200)).body as Listed;
      return data.length >= count ? data : null;
    },
    { describe: `${count} at ${path}`, deadlineMs: 30_000 },
  );
}

beforeAll(async () => {
  const unique = uniqueName('');
  dead = await openDeadQueue({}, name(unique));
  const { exchange, queue, routingKey } = await dead.destination(HOSTILE_NAME, {
    exchange: name(`x${unique}`),
    queue: name(`q${unique}`),
  });
  office = await startOffice({ deadQueues: [dead.name] });
  const messages = hostileMessages({ exchange, queue, routingKey });
  for (const contents of messages) await dead.buryExactly(contents);
  const found = await listed('/api/messages?perPage=100&sort=id', messages.length);

  const database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
  const somebody = await signInAs(office, database, { username: HOSTILE_NAME, role: 'admin' });
  await office.api.post('/api/session').send({ username: HOSTILE_TEXTS[4], password: 'wrong' });
  await office.api.post('/api/session').send(office.administrator);

  const [first, second] = found;
  const group = first?.groupId ?? '';
  const { version } = (await somebody.get(`/api/groups/${group}`)).body as { version: number };
  await somebody
    .patch(`/api/groups/${group}`)
    .send({ version, note: HOSTILE_TEXTS.join('\n'), assignee: HOSTILE_NAME, trackerUrl: `${TRACKER}/${HOSTILE_NAME}` })
    .expect(200);
  for (const [index, text] of HOSTILE_TEXTS.entries()) {
    const view = {
      name: text.slice(0, 80),
      address: `status=all&text=${encodeURIComponent(text)}`,
      isShared: index % 2 === 0,
    };
    await (index < 2 ? somebody : office.api).post('/api/saved-views').send(view);
  }

  const started = async (body: object) => {
    const { id } = (await somebody.post('/api/operations').send(body).expect(202)).body as Operation;
    return await waitFor(
      async () => {
        const now = (await office.api.get(`/api/operations/${id}`)).body as Operation;
        return now.finishedAt === null ? null : now;
      },
      { describe: 'the operation ends', deadlineMs: 20_000 },
    );
  };
  const selection = (at: number) => ({
    selection: { ids: [found[at]?.id] },
    reason: HOSTILE_TEXTS.join(' ').slice(0, 1900),
  });
  const operation = await started({ action: 'resend', ...selection(2) });
  await started({ action: 'delete', ...selection(3) });
  await started({
    action: 'resend',
    ...selection(4),
    target: { kind: 'custom', exchange: name('nowhere'), routingKey: HOSTILE_NAME },
  });

  const edited = second?.id ?? '';
  await reveal(somebody, edited);
  await reveal(somebody, first?.id ?? '');
  const { original } = (await somebody.get(`/api/messages/${edited}/draft`).expect(200)).body as Editing;
  const added = { name: name('edited'), type: 'string', value: HOSTILE_TEXTS[3] };
  await somebody
    .put(`/api/messages/${edited}/draft`)
    .send({ headersTyped: [...original.headersTyped, added] })
    .expect(200);
  const sent = await started({ action: 'resend', ...selection(1), edited: true });
  expect(sent.outcomes.confirmed).toBe(1);
  const { edits } = (await office.api.get(`/api/messages/${edited}`)).body as MessageDetail;
  await somebody
    .put(`/api/messages/${first?.id ?? ''}/draft`)
    .send({ body: { encoding: 'utf8', text: HOSTILE_TEXTS[5] } })
    .expect(200);

  await database.raw(
    `CREATE TRIGGER refuse BEFORE INSERT ON failed_messages FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${HOSTILE_NAME}'`,
  );
  for (const contents of messages.slice(0, 3)) await dead.buryExactly(contents);
  const [reject] = await listed('/api/rejects', 3);
  await database.destroy();
  await office.api.post('/api/dead-queues').send({ name: name('gone') });
  await office.api
    .patch('/api/settings')
    .send({ resendsFrozen: { reason: HOSTILE_NAME } })
    .expect(200);

  ids = {
    messages: found.map(({ id }) => id),
    ...{ edited, edit: edits[0]?.id ?? '', group, operation: operation.id, reject: reject?.id ?? '' },
  };
  browser = await openBrowser();
}, 120_000);

afterAll(async () => {
  await browser.close();
  await office.remove();
  await dead.remove();
});

/** The one address that leads out: a lead wrote it, and it is opened by a click alone. */
const TRACKER = 'https://tracker.invalid';

/** Everything in the page that could only come from somebody else's markup, or that was made to run. */
const FOUND = `(() => {
  const found = [];
  if (window.__owned !== undefined) found.push('something ran');
  if (document.querySelector('hostile-x')) found.push('markup became an element');
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name) || name === 'srcdoc') found.push(element.tagName + ' ' + name);
      if (/^(href|src|action|formaction|data|xlink:href)$/i.test(name) && ![location.origin, '${TRACKER}'].includes(new URL(value, location).origin))
        found.push(element.tagName + ' ' + name + '=' + value.slice(0, 60));
    }
    if (/^(iframe|object|embed|base|script)$/i.test(element.tagName) && !element.closest('head')) found.push(element.tagName);
  }
  return found;
})()`;

/** The directives that refused something, once everything that markup can try was tried. */
const TRY_EVERYTHING = `new Promise((tried) => {
  const refused = [];
  document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
  const place = document.body.appendChild(document.createElement('div'));
  place.innerHTML = '<img src="https://evil.invalid/a.png" onerror="__owned=1"><style>b{color:red}</style>' +
    '<b style="color:red">x</b><iframe src="https://evil.invalid"></iframe>';
  const script = document.createElement('script');
  script.text = '__owned=1';
  place.append(script);
  fetch('https://evil.invalid/').catch(() => setTimeout(() => tried(refused), 100));
})`;
const FOUND_RUNNING = 'window.__owned !== undefined';

/**
 * A window of the administrator's. Without the content security policy nothing protects it but the console itself: what would
 * run does run.
 */
async function openWindow({ bypassCSP }: { bypassCSP: boolean }) {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
    bypassCSP,
    reducedMotion: 'reduce',
  });
  const found: string[] = [];
  context.on('request', (request) => {
    if (!/^(data|blob|about):/.test(request.url()) && new URL(request.url()).origin !== office.url)
      found.push(`asked for ${request.url()}`);
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => {
    // The browser's own question about edits that are not saved is none of theirs.
    if (dialog.type() !== 'beforeunload') found.push(`said ${dialog.message()}`);
    void dialog.accept();
  });
  page.on('popup', (popup) => found.push(`opened ${popup.url()}`));
  page.on('pageerror', (error) => found.push(`threw ${error.message}`));
  await page.goto(office.url);
  await signIn(page, office);
  return { context, page, found };
}

describe('What strangers write', () => {
  it('is text on every screen, in every dialog, menu and print of the console', { timeout: 240_000 }, async () => {
    const { context, page, found } = await openWindow({ bypassCSP: true });
    const order = encodeURIComponent(HOSTILE_NAME);
    const [one, other] = ids.messages;
    const seen = await walkConsole(page, {
      url: office.url,
      leave: /^(Sign out|한국어|English)/,
      seeds: [
        '/',
        '/account',
        ...['body', 'headers', 'error', 'deaths', 'timeline', 'properties'].map(
          (tab) => `/messages/${one ?? ''}?tab=${tab}`,
        ),
        ...ids.messages.map((id) => `/messages/${id}`),
        `/messages/compare?left=${one ?? ''}&right=${other ?? ''}`,
        `/messages/${ids.edited}/edit`,
        `/messages/${one ?? ''}/edit`,
        `/messages/${ids.edited}/edits/${ids.edit}`,
        `/groups/${ids.group}`,
        `/operations/${ids.operation}`,
        `/orders/${order}`,
        `/rejects/${ids.reject}`,
        '/messages?status=all&perPage=100',
        `/messages?status=all&queue=${order}&text=${order}`,
        // Addresses that somebody sends to an operator.
        ...HOSTILE_TEXTS.slice(0, 4).map((text) => `/${encodeURIComponent(text)}`),
        '//evil.invalid/',
        '/\\\\evil.invalid/',
        '/messages/javascript:alert(1)',
      ],
      inspect: async (where) => {
        for (const fault of await page.evaluate<string[]>(FOUND)) found.push(`${where}: ${fault}`);
        if (new URL(page.url()).origin !== office.url) found.push(`${where} led to ${page.url()}`);
      },
    });
    await context.close();
    expect(found).toEqual([]);
    const all = await screens();
    expect(all.length).toBeGreaterThan(8);
    expect(all.filter((screen) => !seen.includes(screen))).toEqual([]);
  });

  it('would not run, load or lead anywhere even if it became markup', async () => {
    const { context, page, found } = await openWindow({ bypassCSP: false });
    const violated = await page.evaluate<string[]>(TRY_EVERYTHING);
    expect(new Set(violated)).toEqual(
      new Set([
        'script-src-elem',
        'script-src-attr',
        'style-src-elem',
        'style-src-attr',
        'img-src',
        'connect-src',
        'frame-src',
      ]),
    );
    expect(await page.evaluate(FOUND_RUNNING)).toBe(false);
    await context.close();
    expect(found.filter((fault) => !fault.startsWith('asked for'))).toEqual([]);
  });
});
