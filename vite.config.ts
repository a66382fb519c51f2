import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The console. `npm run dev` serves it with reload and passes API calls to the office. */
export default defineConfig(({ command }) => {
  // Whoever builds it (tests have NODE_ENV=test), what is built is for users: React's slow development code stays out.
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return {
    root: 'client',
    plugins: [react()],
    build: { outDir: '../dist/client', emptyOutDir: true, chunkSizeWarningLimit: 1200 },
    server: {
      host: '127.0.0.1',
      proxy: Object.fromEntries(
        ['/api', '/health'].map((path) => [path, process.env['OFFICE_URL'] ?? 'http://127.0.0.1:8080']),
      ),
    },
  };
});
