import { ensureFrameworks } from '../../scripts/launcher/frameworks.mjs';

/** The tests with frameworks of other languages use those of Debian: the paths of the languages' programs are in these variables. */
export async function setup(): Promise<void> {
  const programs = await ensureFrameworks();
  process.env['TEST_PYTHON'] = programs.python;
  process.env['TEST_PHP'] = programs.php;
  process.env['TEST_RUBY'] = programs.ruby;
}
