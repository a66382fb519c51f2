import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** What a project needs that talks to RabbitMQ and MySQL: where they are, time for them, and no connection left open. */
const withServices = {
  globalSetup: ['test/support/global-services.ts'],
  setupFiles: ['test/support/no-open-connections.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

/**
 * One project a folder of test/; the console's component tests (jsdom, beside the components) go with the unit tests.
 * Groups run one after the other, and at most two files at a time: that is what two cores carry.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'unit-client',
          environment: 'jsdom',
          include: ['client/src/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,faults}/**/*.test.ts'],
          ...withServices,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'api',
          include: ['test/api/**/*.test.ts'],
          ...withServices,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'frameworks',
          include: ['test/frameworks/**/*.test.ts'],
          ...withServices,
          globalSetup: ['test/support/global-services.ts', 'test/support/global-frameworks.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...withServices,
          globalSetup: ['test/support/global-services.ts', 'test/support/global-browser.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
