import { Problem } from '../problem.mjs';
import { startBroker } from './broker.mjs';
import { dockerAnswers, startContainers } from './compose.mjs';
import { flavourOf, startDatabase } from './database.mjs';
import { needServerPrograms } from './programs.mjs';
import { addressesOf, loadSettings, saveSettings } from './settings.mjs';

/**
 * Brings up a database and a broker that belong to this folder alone, with the data of the last time, and answers where
 * they are. Through Docker Compose where a Docker engine answers, else with the server programs of this machine, else with
 * programs installed by apt. Whatever already runs on the machine is left alone.
 * @param {import('../running.mjs').Running} running
 * @param {string} folder
 * @param {{ throwAway: boolean, asInProduction?: boolean }} options throwAway: fast, and nothing of it is kept;
 * asInProduction: not faster than what is kept, and the broker has its shovel (programs of this machine only)
 * @returns {Promise<import('./settings.mjs').ServiceAddresses>}
 * @throws {Problem} when there is no way, or a service does not come up
 */
export async function startServices(running, folder, options) {
  const settings = await loadSettings(folder);
  if (await useDocker(settings)) {
    settings.kind = 'docker';
    saveSettings(folder, settings);
    await startContainers(running, settings, options);
    return addressesOf(settings);
  }
  const programs = await needServerPrograms();
  const flavour = await flavourOf(programs.database);
  if (settings.flavour && settings.flavour !== flavour) {
    throw new Problem(
      `The data of the last start belongs to ${settings.flavour}, but ${programs.database} is ${flavour}.\n` +
        'Install the former again, or start anew without that data: npm run reset',
    );
  }
  Object.assign(settings, { kind: 'programs', flavour });
  saveSettings(folder, settings);
  await Promise.all([
    startDatabase(running, folder, programs.database, settings, options),
    startBroker(running, folder, programs.broker, settings, options),
  ]);
  return addressesOf(settings);
}

/**
 * Where the data of the last start is decides; the first start looks for a Docker engine.
 * @param {import('./settings.mjs').ServiceSettings} settings
 */
async function useDocker({ kind }) {
  if (kind === 'programs') return false;
  const answers = await dockerAnswers();
  if (kind === 'docker' && !answers) {
    throw new Problem(
      'The data of the last start is in Docker, and no Docker engine answers.\n' +
        'Start Docker, or start anew without that data: npm run reset',
    );
  }
  return answers;
}
