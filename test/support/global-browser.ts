import { ensureChromium } from '../../scripts/launcher/chromium.mjs';
import { prepare } from '../../scripts/launcher/prepare.mjs';

/** The browser tests use the console as it is built, in Debian's Chromium: its path is in `TEST_CHROMIUM` for them. */
export async function setup(): Promise<void> {
  await prepare({ built: true });
  process.env['TEST_CHROMIUM'] = await ensureChromium();
}
