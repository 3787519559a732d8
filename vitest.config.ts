/** Test projects: `unit` needs no GPU, `gpu` runs Dawn in Node, `browser` drives a real page through puppeteer. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/helpers/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.gpu.test.ts', 'test/browser/**', 'test/examples/**'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'gpu',
          setupFiles: ['test/helpers/gpu-setup.ts'],
          include: ['test/**/*.gpu.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          globalSetup: ['test/browser/demo/setup.ts'],
          include: ['test/browser/**/*.test.ts', 'test/examples/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
