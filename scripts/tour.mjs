// npm run tour [-- PICTURE…]: takes the pictures of docs/tour.md, all or these, of the real office and the example.
import './launcher/node-version.mjs';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from './launcher/chromium.mjs';
import { root, shown } from './launcher/paths.mjs';
import { prepare } from './launcher/prepare.mjs';
import { Problem, runCommand } from './launcher/problem.mjs';
import { pause, step } from './launcher/progress.mjs';
import { firstStopSignal } from './launcher/stop-signals.mjs';
import { openDesk } from './tour/desk.mjs';
import { SCREENS, WALK } from './tour/screens.mjs';
import { smallPng } from './tour/small-png.mjs';

const FOLDER = path.join(root, 'docs', 'tour');
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
/** So many failures make a start page that is worth a look. */
const FAILURES = 60;
const FAILURES_WITHIN_MS = 300_000;
/** A step of a walk on a machine that has other things to do. */
const STEP_WITHIN_MS = 120_000;
const LARGEST_BYTES = 120_000;
/** What README.md shows first. */
const FRONT = { picture: 'messages', file: path.join(root, 'docs', 'console.png') };

await runCommand(async () => {
  const wanted = process.argv.slice(2);
  const stopped = firstStopSignal(() => process.exit(130));
  await prepare({ built: true });
  const executablePath = await ensureChromium();
  // Installed by now, also where nothing was.
  const { chromium } = await import('playwright-core');
  mkdirSync(FOLDER, { recursive: true });
  const desk = await openDesk();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const done = await Promise.race([stopped, takePictures(browser, desk, wanted)]);
    return done === undefined ? 0 : 130;
  } finally {
    await browser.close();
    await desk.end();
  }
});

/**
 * @param {import('playwright-core').Browser} browser
 * @param {Awaited<ReturnType<typeof openDesk>>} desk
 * @param {string[]} wanted
 */
async function takePictures(browser, desk, wanted) {
  const isWanted = (/** @type {string} */ picture) => wanted.length === 0 || wanted.includes(picture);
  const walker = await openPage(browser, desk, {});
  await step('Waiting for failures', () => untilFailures(walker, desk.console));
  const all = [...WALK, ...SCREENS];
  // The walk mends a cause and resends, which the other screens show: it is walked in any case.
  for (const screen of all) {
    const page = WALK.includes(screen) ? walker : await openPage(browser, desk, screen);
    if (screen.address !== undefined) await page.goto(`${desk.console}/#${screen.address}`);
    try {
      await screen.open(page, desk);
    } catch (error) {
      const seen = path.join(tmpdir(), `tour-${screen.picture}.png`);
      await page.screenshot({ path: seen }).catch(() => undefined);
      throw new Problem(`${screen.picture} could not be opened; what was there instead: ${seen}\n${String(error)}`);
    }
    if (isWanted(screen.picture)) await takePicture(page, screen.picture);
    if (page !== walker) await page.context().close();
  }
  if (isWanted(FRONT.picture)) copyFileSync(path.join(FOLDER, `${FRONT.picture}.png`), FRONT.file);
  const text = readFileSync(path.join(root, 'docs', 'tour.md'), 'utf8');
  for (const { picture } of all.filter((one) => !text.includes(`(tour/${one.picture}.png)`))) {
    console.warn(`docs/tour.md does not show ${picture}.png.`);
  }
}

/**
 * A window of its own, signed in.
 * @param {import('playwright-core').Browser} browser
 * @param {Awaited<ReturnType<typeof openDesk>>} desk
 * @param {Pick<import('./tour/screens.mjs').Screen, 'theme' | 'size' | 'language'>} look
 */
async function openPage(browser, desk, { theme = 'light', size = 'desk', language = 'en' }) {
  const context = await browser.newContext({
    locale: language === 'ko' ? 'ko-KR' : 'en-GB',
    timezoneId: 'Asia/Seoul',
    colorScheme: theme,
    viewport: SIZES[size],
    reducedMotion: 'reduce',
  });
  await context.addCookies(desk.cookies);
  context.setDefaultTimeout(STEP_WITHIN_MS);
  return await context.newPage();
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} url
 */
async function untilFailures(page, url) {
  const deadline = Date.now() + FAILURES_WITHIN_MS;
  for (;;) {
    const answer = await page.context().request.get(`${url}/api/messages?perPage=1`);
    /** @type {{ totalAtLeast: number }} */
    const { totalAtLeast } = await answer.json();
    if (totalAtLeast >= FAILURES) return;
    if (Date.now() > deadline) throw new Error(`Only ${totalAtLeast} messages failed in time.`);
    await pause(500);
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
async function takePicture(page, name) {
  const file = path.join(FOLDER, `${name}.png`);
  // A pointer that rests on something shows a hint; a cursor in a field blinks.
  await page.mouse.move(0, 0);
  await pause(400);
  const picture = smallPng(await page.screenshot({ caret: 'hide', animations: 'disabled' }));
  writeFileSync(file, picture);
  const size = picture.length;
  console.log(
    `${shown(file)}  ${Math.ceil(size / 1000)} kB${size > LARGEST_BYTES ? '  (larger than it should be)' : ''}`,
  );
}
