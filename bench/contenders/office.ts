import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { z } from 'zod';

import { readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/log.ts';
import { openOffice, type Office } from '../../server/office.ts';

import { serve } from './serve.ts';

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
        clientDir: null,
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
