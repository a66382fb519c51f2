import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram, mustRun, run } from '../commands.mjs';
import { makePrivateFolder } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { step } from '../progress.mjs';
import { databaseAnswers, waitUntilAnswering } from './probes.mjs';
import { DATABASE_NAME } from './settings.mjs';

/** Data that is thrown away need not survive a crash: about half the time per commit. */
const THROW_AWAY = ['--innodb-flush-log-at-trx-commit=0', '--sync-binlog=0', '--skip-innodb-doublewrite'];

/**
 * @param {string} program
 * @returns {Promise<'mysql' | 'mariadb'>} Debian's `mysqld` is MariaDB under its old name
 */
export async function flavourOf(program) {
  const { output } = await run(program, ['--no-defaults', '--version']);
  return /mariadb/i.test(output) ? 'mariadb' : 'mysql';
}

/**
 * Starts a database server of our own: data in `FOLDER/mysql`, one loopback port, nothing of /etc/mysql.
 * @param {import('../running.mjs').Running} running
 * @param {string} folder
 * @param {string} program `mysqld` or `mariadbd`
 * @param {import('./settings.mjs').ServiceSettings} settings
 * @param {{ throwAway: boolean, asInProduction?: boolean }} options
 */
export async function startDatabase(running, folder, program, settings, { throwAway, asInProduction = false }) {
  const home = makePrivateFolder(path.join(folder, 'mysql'));
  const data = path.join(home, 'data');
  const flavour = settings.flavour ?? 'mysql';
  if (!existsSync(data)) await step('Creating the database', () => createData(program, flavour, data));
  const initFile = path.join(home, 'init.sql');
  writeFileSync(initFile, initSql(settings), { mode: 0o600 });
  const { port, label } = { port: settings.ports.database, label: flavour === 'mysql' ? 'MySQL' : 'MariaDB' };
  await step(`Starting ${label}`, async () => {
    running.start(
      'database',
      program,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        // Relative to the data folder: the path of a socket may be no longer than 107 bytes.
        '--socket=server.sock',
        '--pid-file=server.pid',
        `--init-file=${initFile}`,
        '--skip-name-resolve',
        '--skip-log-bin',
        '--character-set-server=utf8mb4',
        ...(flavour === 'mysql' ? ['--mysqlx=OFF'] : []),
        ...userFlag(),
        ...(throwAway && !asInProduction ? THROW_AWAY : []),
      ],
      { cwd: home, env: environment(), deadlineMs: 60_000, ...(throwAway ? { signal: 'SIGKILL' } : {}) },
    );
    await waitUntilAnswering(label, () => databaseAnswers(port), {
      deadlineMs: 120_000,
      alive: () => running.mustRun('database'),
      hint: () => running.logTail('database'),
    });
  });
}

/**
 * Makes the data folder beside its place and moves it there: a start that is cut off leaves none that is half made.
 * @param {string} program
 * @param {'mysql' | 'mariadb'} flavour
 * @param {string} data
 */
async function createData(program, flavour, data) {
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  makePrivateFolder(draft);
  if (flavour === 'mysql') {
    const args = ['--no-defaults', '--initialize-insecure', `--datadir=${draft}`, ...userFlag()];
    await mustRun('Creating the database', program, args, { env: environment() });
  } else {
    const install = findProgram('mariadb-install-db', 'mysql_install_db');
    if (!install)
      throw new Problem(`The database program ${program} is there, but not its companion \`mariadb-install-db\`.`);
    const args = ['--no-defaults', `--datadir=${draft}`, '--skip-test-db', '--auth-root-authentication-method=normal'];
    await mustRun('Creating the database', install, [...args, ...userFlag()], { env: environment() });
  }
  renameSync(draft, data);
}

/**
 * Run by the server at each start. Names are not resolved, so root, known as root@localhost, cannot come in over TCP:
 * what is on the port is this user with its password.
 * @param {import('./settings.mjs').ServiceSettings} settings
 */
function initSql({ user, password }) {
  return [
    `CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME} CHARACTER SET utf8mb4;`,
    `CREATE USER IF NOT EXISTS '${user}'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `ALTER USER '${user}'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO '${user}'@'127.0.0.1' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}

/** Both servers refuse to run as root unless told so by name. */
const userFlag = () => (process.getuid?.() === 0 ? ['--user=root'] : []);

/** The user's environment without what would point the programs at another server. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MYSQL|MARIADB)/.test(name)));
}
