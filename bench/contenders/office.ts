import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { z } from 'zod';

import { readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/log.ts';
import { openOffice, type Office } from '../../server/office.ts';

import { serve } from './serve.ts';

/** The console, where it is built: the part that looks at it sees to that. */
const CONSOLE = path.resolve(import.meta.dirname, '../../dist/client');

const environment = z.record(z.string(), z.string());
let office: Office | null = null;
let journalDir: string | null = null;

serve(
  {
    open: async (given) => {
      journalDir = await mkdtemp(path.join(tmpdir(), 'bench-journal-'));
      const config = readConfig({
        HTTP_PORT: '0',
        LOG_LEVEL: 'error',
        INTAKE_JOURNAL_DIR: journalDir,
        ...environment.parse(given),
      });
      office = await openOffice(config, {
        logger: createLogger(config.logLevel),
        clientDir: existsSync(CONSOLE) ? CONSOLE : null,
        onCannotStart: (error) => {
          throw error;
        },
      });
      return office.url;
    },
  },
  async () => {
    await office?.stop();
    if (journalDir !== null) await rm(journalDir, { recursive: true, force: true });
  },
);
