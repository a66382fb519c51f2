import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import express, { type Express } from 'express';

import { styleNonce } from './security-headers.ts';

/** Stands in the built page where the nonce of its styles goes; vite.config.ts puts it there. */
const NONCE_PLACE = 'STYLE-NONCE-OF-THIS-ANSWER';

/** The console: hashed files are kept for ever by browsers; its page is asked for each time, and has a nonce of its own. */
export function serveConsole(app: Express, clientDir: string): void {
  const file = join(clientDir, 'index.html');
  if (!existsSync(file)) return;
  const page = readFileSync(file, 'utf8');
  // Folders are no pages: nobody is sent on to an address that stood in a request.
  const files = { index: false, redirect: false } as const;
  app.use('/assets', express.static(join(clientDir, 'assets'), { ...files, immutable: true, maxAge: '365d' }));
  app.get('/index.html', (_request, response) => {
    response.redirect(301, '/');
  });
  app.use(express.static(clientDir, { ...files, maxAge: '1h' }));
  app.get('/{*path}', (_request, response) => {
    response
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(page.replaceAll(NONCE_PLACE, styleNonce(response)));
  });
}
