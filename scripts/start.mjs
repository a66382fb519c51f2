// npm start: from a fresh clone to a ready console. npm run dev (--dev): the same with reload.
import './launcher/node-version.mjs';
import { ensureBuilt } from './launcher/build.mjs';
import { ensureDependencies } from './launcher/dependencies.mjs';
import { startEverything } from './launcher/everything.mjs';
import { runOfficeAlone } from './launcher/office-alone.mjs';
import { localFolder } from './launcher/paths.mjs';
import { Problem, runCommand } from './launcher/problem.mjs';
import { Running } from './launcher/running.mjs';
import { firstStopSignal } from './launcher/stop-signals.mjs';

const dev = process.argv.includes('--dev');

/** Whether the environment names the servers to use. */
function hasOwnServers() {
  const names = ['AMQP_URL', 'DATABASE_URL'];
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length === 1) {
    throw new Problem(
      `${missing.join()} is missing. Set both ${names.join(' and ')} to run on your own servers, or neither to run on private local ones.`,
    );
  }
  return missing.length === 0;
}

await runCommand(async () => {
  const ownServers = hasOwnServers();
  /** @type {Running | undefined} */
  let running;
  const stopSignal = firstStopSignal(() => {
    running?.endByForce();
    console.log('\nStopped by force.');
    process.exit(130);
  });
  const prepared = ensureDependencies().then(() => (dev ? undefined : ensureBuilt()));
  if ((await Promise.race([prepared, stopSignal])) !== undefined) return 130;
  if (ownServers && !dev) return runOfficeAlone(stopSignal);

  running = await Running.claim(localFolder);
  /** @type {Promise<string>} */
  const exited = new Promise((resolve) => {
    running?.onUnexpectedExit((exit) => {
      if (exit.name === 'office' || exit.name === 'database' || exit.name === 'rabbitmq')
        resolve(running?.describeExit(exit) ?? '');
      else console.log(`\n${running?.describeExit(exit)}\n`);
    });
  });
  /** @type {unknown} */
  let failure;
  try {
    const started = startEverything(running, { dev, ownServers });
    started.catch(() => {}); // told below; after a stop its failure is no news
    const stopped = (await Promise.race([started, stopSignal])) !== undefined;
    if (!stopped) {
      const problem = await Promise.race([exited.then((text) => new Problem(text)), stopSignal]);
      if (problem instanceof Problem) failure = problem;
    }
  } catch (error) {
    failure = error;
  }
  if (failure instanceof Problem) console.error(`\n${failure.message}`);
  else if (failure !== undefined) console.error(failure);
  await stop(running);
  return failure === undefined ? 0 : 1;
});

/** @param {Running} running */
async function stop(running) {
  let spoken = false;
  await running.end((name) => {
    if (!spoken) console.log('\nStopping (Ctrl-C again to stop by force)');
    spoken = true;
    console.log(`  ${name} …`);
  });
  if (spoken) console.log('Stopped. The data stays in .local/; npm start goes on with it.');
}
