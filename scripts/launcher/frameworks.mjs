import { findProgram, run } from './commands.mjs';
import { Problem } from './problem.mjs';
import { installPackages } from './services/programs.mjs';

/**
 * The frameworks of other languages that the tests fail messages with, as Debian packages them. A language's program has to
 * find its framework: `check` ends with 0 then.
 */
const LANGUAGES = {
  python: {
    variable: 'TEST_PYTHON',
    // Debian's own first: another Python on the PATH does not see Debian's packages.
    programs: ['/usr/bin/python3', 'python3'],
    framework: 'Celery',
    check: ['-c', 'import celery'],
    packages: ['python3-celery'],
  },
  php: {
    variable: 'TEST_PHP',
    programs: ['/usr/bin/php', 'php'],
    framework: 'Symfony Messenger',
    check: [
      '-r',
      `foreach (['Messenger/Bridge/Amqp', 'Messenger', 'Serializer', 'PropertyAccess', 'EventDispatcher', 'ErrorHandler'] as $part)
         require_once "Symfony/Component/$part/autoload.php";
       exit(extension_loaded('amqp') ? 0 : 1);`,
    ],
    packages: [
      'php-cli',
      'php-amqp',
      'php-symfony-messenger',
      'php-symfony-amqp-messenger',
      'php-symfony-serializer',
      'php-symfony-property-access',
      'php-symfony-event-dispatcher',
      'php-symfony-error-handler',
    ],
  },
  ruby: {
    variable: 'TEST_RUBY',
    programs: ['/usr/bin/ruby', 'ruby'],
    framework: 'Bunny',
    check: ['-e', 'require "bunny"'],
    packages: ['ruby-bunny'],
  },
};

/**
 * Python with Celery, PHP with Symfony Messenger, Ruby with Bunny; what is missing is installed from Debian's packages.
 * @returns {Promise<{ python: string, php: string, ruby: string }>} the paths of the languages' programs
 * @throws {Problem} when one is missing and may not be installed
 */
export async function ensureFrameworks() {
  const languages = Object.values(LANGUAGES);
  let found = await Promise.all(languages.map(find));
  let failure;
  if (found.includes(undefined)) {
    failure = await installPackages(languages.flatMap(({ packages }, at) => (found[at] ? [] : packages)));
    found = await Promise.all(languages.map(find));
  }
  const missing = languages.filter((_, at) => found[at] === undefined);
  const [python, php, ruby] = found;
  if (python && php && ruby) return { python, php, ruby };
  const names = missing.map(({ framework }) => framework).join(', ');
  throw new Problem(
    `The tests with frameworks need ${names}. ${failure ?? ''}\n` +
      `Install them (sudo apt-get install ${missing.flatMap(({ packages }) => packages).join(' ')}) or set ` +
      `${missing.map(({ variable }) => variable).join(', ')} to the path of a program that finds them.`,
  );
}

/** @param {{ variable: string, programs: string[], check: string[] }} language */
async function find({ variable, programs, check }) {
  const given = process.env[variable];
  for (const name of given ? [given] : programs) {
    const program = findProgram(name);
    if (program && (await run(program, check, { timeoutMs: 30_000 })).code === 0) return program;
  }
  return undefined;
}
