/** Test projects: `unit` needs no GPU, `gpu` runs Dawn in Node, `browser` drives a real page through puppeteer. */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Two at a time, where there is a second core: left to itself, vitest keeps one of two for the editor. */
const maxWorkers = Math.max(1, Math.min(2, availableParallelism()));

export default defineConfig({
  test: {
    reporters: ['default', './test/helpers/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.gpu.test.ts', 'test/browser/**', 'test/examples/**'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'gpu',
          maxWorkers,
          setupFiles: ['test/helpers/gpu-setup.ts'],
          include: ['test/**/*.gpu.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          // After the others and one by one: pages must not wait for a core, or they seem to hang.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          globalSetup: ['test/browser/demo/setup.ts'],
          include: ['test/browser/**/*.test.ts', 'test/examples/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
