import type { Logger } from 'pino';

import type { Settings } from '../contract/schemas/settings.ts';
import type { Database } from '../database/connect.ts';
import { Loop } from '../database/loop.ts';

import { readSettings } from './settings-store.ts';

/** How old what this process knows can be; a change by another instance is followed within twice that. */
const FOLLOW_MS = 1_000;

/** The settings as this process knows them: asked for without waiting, and never much older than a second. */
export interface CurrentSettings {
  readonly now: Settings;
  /** Reads them at once: after a change by this process. */
  follow: () => void;
  stop: () => Promise<void>;
}

/**
 * Reads the settings once, and follows changes from then on. While the database is away the last known ones hold.
 *
 * @throws what the driver throws when the database is away at the start.
 */
export async function openSettings(database: Database, logger: Logger, followMs = FOLLOW_MS): Promise<CurrentSettings> {
  let now = await readSettings(database);
  const loop = new Loop({
    everyMs: followMs,
    work: async () => {
      now = await readSettings(database);
    },
    logger,
    failed: 'The settings could not be read.',
  });
  return {
    get now() {
      return now;
    },
    follow: () => {
      loop.now();
    },
    stop: () => loop.stop(),
  };
}
