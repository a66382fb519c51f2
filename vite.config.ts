import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The console begins with an office in its own memory. */
const fakeOffice: Plugin = {
  name: 'fake-office',
  transformIndexHtml: (html) => html.replace('/src/main.tsx', '/src/testing/main-fake.ts'),
};

/**
 * The console. `npm run dev` serves it with reload and passes API calls to the office; `npm run dev:fake` has no office
 * to pass them to.
 */
export default defineConfig(({ command, mode }) => {
  const isFake = mode === 'fake';
  // Whoever builds it (tests have NODE_ENV=test), what is built is for users: React's slow development code stays out.
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return {
    root: 'client',
    plugins: [react(), ...(isFake ? [fakeOffice] : [])],
    // The office puts the nonce of each answer in its place: server/web/console-files.ts.
    ...(command === 'build' && !isFake ? { html: { cspNonce: 'STYLE-NONCE-OF-THIS-ANSWER' } } : {}),
    build: { outDir: '../dist/client', emptyOutDir: true, chunkSizeWarningLimit: 1200 },
    server: {
      host: '127.0.0.1',
      proxy: Object.fromEntries(
        (isFake ? [] : ['/api', '/health']).map((path) => [path, process.env['OFFICE_URL'] ?? 'http://127.0.0.1:8080']),
      ),
    },
  };
});
