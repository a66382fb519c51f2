import { findProgram, lastLines, run } from '../commands.mjs';
import { Problem } from '../problem.mjs';
import { step } from '../progress.mjs';

/**
 * The server programs of this machine.
 * @typedef {{ database?: string, broker?: string }} Programs absolute paths
 *
 * @returns {Programs}
 */
function findServerPrograms() {
  const database = findProgram('mysqld', 'mariadbd');
  // Debian's rabbitmq-server on the PATH changes to a user of its own and serves the machine's node: not that one.
  const broker = findProgram('/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server');
  return { ...(database ? { database } : {}), ...(broker ? { broker } : {}) };
}

/** @param {Programs} programs */
function missing({ database, broker }) {
  return [
    ...(database
      ? []
      : [{ program: '`mysqld` or `mariadbd`', packages: ['mariadb-server-core', 'mariadb-client-core'] }]),
    ...(broker ? [] : [{ program: '`rabbitmq-server`', packages: ['rabbitmq-server'] }]),
  ];
}

/**
 * The server programs, installed with apt when they are missing and this user may.
 * @returns {Promise<Required<Programs>>}
 * @throws {Problem} that says what is missing and the ways to get it
 */
export async function needServerPrograms() {
  const { database, broker } = findServerPrograms();
  if (database && broker) return { database, broker };
  const packages = missing({ ...(database ? { database } : {}), ...(broker ? { broker } : {}) }).flatMap(
    (one) => one.packages,
  );
  const failure = await installPackages(packages);
  const now = findServerPrograms();
  if (now.database && now.broker) return { database: now.database, broker: now.broker };
  throw new Problem(howToGetServices(now, failure));
}

/**
 * @param {Programs} programs
 * @param {string | undefined} failure why apt did not help
 */
function howToGetServices(programs, failure) {
  const lacking = missing(programs);
  return [
    'A MySQL-compatible database and RabbitMQ are needed, and this machine lacks:',
    ...lacking.map((one) => `  - the program ${one.program}`),
    ...(failure ? ['', failure] : []),
    '',
    'Three ways to get them, any one will do:',
    '  1. Docker: start a Docker engine with the Compose plugin; the services then run in containers of their own.',
    `  2. Programs: sudo apt-get install ${lacking.flatMap((one) => one.packages).join(' ')}`,
    '  3. Servers you have: set AMQP_URL=amqp://user:password@host:5672 and DATABASE_URL=mysql://user:password@host:3306/database',
  ].join('\n');
}

/**
 * Installs Debian packages where this user may (root, or sudo without a password), without starting any system service:
 * while apt works, policy-rc.d(8) forbids it, and what the packages enabled for the next boot is disabled again.
 * @param {string[]} packages
 * @returns {Promise<string | undefined>} undefined when it worked, else the sentence that says why not
 */
export async function installPackages(packages) {
  const apt = findProgram('apt-get');
  if (!apt) return 'This machine has no apt-get, so they were not installed.';
  const sudo = await asRoot();
  if (!sudo) return 'They were not installed: that needs root, or sudo without a password.';
  const [program = '', ...args] = [...sudo, '/bin/sh', '-c', INSTALL, 'sh', ...packages];
  const { code, output } = await step(`Installing ${packages.join(', ')} with apt`, () => run(program, args));
  return code === 0 ? undefined : `Installing them with apt failed (exit code ${code}):\n\n${lastLines(output, 15)}\n`;
}

/** @returns {Promise<string[] | undefined>} what to put before a command to run it as root */
async function asRoot() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  if (sudo && (await run(sudo, ['-n', 'true'], { timeoutMs: 5000 })).code === 0) return [sudo, '-n'];
  return undefined;
}

const INSTALL = `
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
mark='# of dead-letter-office, while it installs packages'
if [ ! -e $policy ] || grep -qF "$mark" $policy; then
  trap 'rm -f $policy' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\n%s\\nexit 101\\n' "$mark" >$policy
  chmod 755 $policy
fi
installed() { dpkg-query -W -f '\${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }
had_rabbitmq=; had_erlang=
if installed rabbitmq-server; then had_rabbitmq=1; fi
if installed erlang-base; then had_erlang=1; fi
dpkg --configure -a # what an install that was cut off has left
apt-get update -q || true
apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
if command -v systemctl >/dev/null; then
  if [ -z "$had_rabbitmq" ] && installed rabbitmq-server; then systemctl disable rabbitmq-server.service || true; fi
  if [ -z "$had_erlang" ] && installed erlang-base; then systemctl disable epmd.socket epmd.service || true; fi
fi
`;
