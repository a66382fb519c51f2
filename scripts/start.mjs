// npm start: from a fresh clone to a ready console. npm run dev (--dev): the same with reload.
import './launcher/node-version.mjs';
import { startEverything } from './launcher/everything.mjs';
import { runOfficeAlone } from './launcher/office-alone.mjs';
import { localFolder } from './launcher/paths.mjs';
import { prepare } from './launcher/prepare.mjs';
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
  if ((await Promise.race([prepare({ built: !dev }), stopSignal])) !== undefined) return 130;
  if (ownServers && !dev) return runOfficeAlone(stopSignal);

  running = await Running.claim(localFolder);
  const ended = endOfWhatIsNeeded(running);
  /** @type {unknown} */
  let failure;
  try {
    const started = startEverything(running, { dev, ownServers });
    failure = await Promise.race([started.then(() => ended), stopSignal.then(() => undefined)]);
  } catch (error) {
    failure = error;
  }
  if (failure !== undefined) console.error(failure instanceof Problem ? `\n${failure.message}` : failure);
  await stop(running);
  return failure === undefined ? 0 : 1;
});

/**
 * Resolves when a process ends by itself without which nothing goes on. Others are told of, and the rest goes on.
 * @param {Running} running
 * @returns {Promise<Problem>}
 */
function endOfWhatIsNeeded(running) {
  return new Promise((resolve) => {
    running.onUnexpectedExit((exit) => {
      const text = running.describeExit(exit);
      if (['office', 'rabbitmq', 'database'].includes(exit.name)) resolve(new Problem(text));
      else console.log(`\n${text}\n`);
    });
  });
}

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
