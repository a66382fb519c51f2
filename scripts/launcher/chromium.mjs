import { findProgram, run } from './commands.mjs';
import { Problem } from './problem.mjs';
import { installPackages } from './services/programs.mjs';

/**
 * Chromium and a font with Korean letters for the browser tests, installed from Debian's packages when missing.
 * @returns {Promise<string>} the path of Chromium
 * @throws {Problem} when it is missing and may not be installed
 */
export async function ensureChromium() {
  const [chromium, fonts] = [findChromium(), await hasKoreanFont()];
  if (chromium && fonts) return chromium;
  const packages = [...(chromium ? [] : ['chromium']), ...(fonts ? [] : ['fonts-noto-cjk'])];
  const failure = await installPackages(packages);
  const found = findChromium();
  if (found) return found;
  throw new Problem(
    `The browser tests need Chromium. ${failure ?? ''}\nInstall it (sudo apt-get install ${packages.join(' ')}) or set TEST_CHROMIUM to its path.`,
  );
}

function findChromium() {
  const given = process.env['TEST_CHROMIUM'];
  return given
    ? findProgram(given)
    : findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome');
}

async function hasKoreanFont() {
  const fontConfig = findProgram('fc-list');
  return fontConfig !== undefined && (await run(fontConfig, [':lang=ko', 'family'])).output.trim() !== '';
}
