import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readJson, writeJson } from '../json-file.mjs';
import { freePort } from '../ports.mjs';

/**
 * What the private services of one folder need to be the same ones at the next start: kept in `services.json`.
 *
 * @typedef {object} ServiceSettings
 * @property {'docker' | 'programs'} [kind] where they ran first, and where their data therefore is
 * @property {'mysql' | 'mariadb'} [flavour] whose data files those of the database are
 * @property {string} project Docker Compose project
 * @property {string} nodename the broker's data belongs to this name
 * @property {string} user of the database and the broker
 * @property {string} password of the database and the broker
 * @property {string} [sealKey] what the office seals its audit record with
 * @property {Ports} ports
 *
 * @typedef {{ database: number, amqp: number, management: number, distribution: number, epmd: number }} Ports
 */

export const DATABASE_NAME = 'dead_letter_office';

/** @param {string} folder */
const settingsFile = (folder) => path.join(folder, 'services.json');

/**
 * @param {string} folder
 * @returns {ServiceSettings | undefined}
 */
export const readSettings = (folder) => readJson(settingsFile(folder));

/**
 * The settings of the last start, or new ones. Ports that somebody else has taken meanwhile are chosen anew.
 * @param {string} folder
 * @returns {Promise<ServiceSettings>}
 */
export async function loadSettings(folder) {
  const known = readSettings(folder);
  const id = randomBytes(4).toString('hex');
  return {
    project: `dead-letter-office-${id}`,
    nodename: `office-${id}@localhost`,
    user: 'office',
    password: randomBytes(12).toString('hex'),
    sealKey: randomBytes(32).toString('base64'),
    ...known,
    ports: {
      database: await freePort(known?.ports.database),
      amqp: await freePort(known?.ports.amqp),
      management: await freePort(known?.ports.management),
      distribution: await freePort(known?.ports.distribution),
      epmd: await freePort(known?.ports.epmd),
    },
  };
}

/**
 * @param {string} folder
 * @param {ServiceSettings} settings
 */
export const saveSettings = (folder, settings) => writeJson(settingsFile(folder), settings);

/**
 * @typedef {{ amqpUrl: string, databaseUrl: string, managementUrl: string, sealKey?: string }} ServiceAddresses
 * @param {ServiceSettings} settings
 * @returns {ServiceAddresses}
 */
export function addressesOf({ kind, user, password, ports, sealKey }) {
  // The image of MySQL gives every right to root alone, and tests make databases of their own.
  const databaseUser = kind === 'docker' ? 'root' : user;
  return {
    amqpUrl: `amqp://${user}:${password}@127.0.0.1:${ports.amqp}`,
    databaseUrl: `mysql://${databaseUser}:${password}@127.0.0.1:${ports.database}/${DATABASE_NAME}`,
    managementUrl: `http://${user}:${password}@127.0.0.1:${ports.management}`,
    ...(sealKey ? { sealKey } : {}),
  };
}
