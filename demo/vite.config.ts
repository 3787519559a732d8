/** The demo page: `npm run demo` serves it, `npm run demo:build` makes a static site that works from any path. */
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { offline } from './build/offline.ts';
import { siteFiles } from './build/site-files.ts';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  cacheDir: join(import.meta.dirname, '../node_modules/.cache/tilewise-demo'),
  plugins: [siteFiles(), offline()],
  worker: { format: 'es' },
  optimizeDeps: {
    include: ['preact', 'preact/hooks', 'comlink', 'wgsl-preprocessor/wgsl-preprocessor.js', 'pbf', 'acorn'],
  },
  server: { fs: { allow: ['..'] } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
    // Unpacking models takes its time, and needs no advice.
    rolldownOptions: { checks: { pluginTimings: false } },
    modulePreload: { polyfill: false },
  },
});
