/** Pages that bundlers make of the packed library. Each runs a model in Chromium, in the page or in a Worker. */
import { join } from 'node:path';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { answerOf } from '../helpers/page-answer.ts';
import { installTools } from '../helpers/tools.ts';
import { ANSWER, expectAnswer, makeProject, MODEL, PAGE, run, SHOW } from './project.ts';

const tools = {
  vite6: await installTools('vite@6.4.6'),
  vite8: await installTools('vite@8.3.8'),
  webpack: await installTools('webpack@5.113.0', 'webpack-cli@7.3.1'),
  rollup: await installTools('rollup@4.68.8', '@rollup/plugin-node-resolve@16.0.3'),
  esbuild: await installTools('esbuild@0.28.2'),
  next: await installTools('next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'),
};

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const MODULES = { 'package.json': '{ "private": true, "type": "module" }', 'answer.js': ANSWER, 'show.js': SHOW };

/** Classifies in the page. */
const DIRECT = `
import * as tilewise from 'tilewise';
import { answer } from './answer.js';
import { show } from './show.js';
show(() => answer(tilewise, 'model.onnx'));
`;

/** Classifies in a Worker, which every bundler here finds by this expression. */
const ASKS_WORKER = `
import { show } from './show.js';
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
show(() => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error('the Worker failed: ' + message));
  worker.postMessage(new URL('model.onnx', document.baseURI).href);
}));
`;
const worker = (library: string): string => `
import * as tilewise from '${library}';
import { answer } from './answer.js';
onmessage = async ({ data }) => postMessage(await answer(tilewise, data).catch((error) => String(error)));
`;

/** Checks the answer of the page in a built folder, beside which the model lies. */
async function expectPage(folder: string): Promise<void> {
  await expectAnswer(await answerOf(browser, folder));
}

describe.each(['vite6', 'vite8'] as const)('%s', (version) => {
  const folder = tools[version];

  async function build(files: Readonly<Record<string, string>>, format: 'es' | 'iife' = 'iife'): Promise<string> {
    const project = makeProject(
      {
        ...MODULES,
        'index.html': PAGE('<script type="module" src="./main.js"></script>'),
        'vite.config.js': `export default { base: './', worker: { format: '${format}' } };`,
        'public/model.onnx': MODEL,
        ...files,
      },
      folder,
    );
    await run(project, join(folder ?? '', 'node_modules/.bin/vite'), 'build', '--logLevel', 'error');
    return join(project, 'dist');
  }

  it.skipIf(!folder)('makes a page', async () => {
    await expectPage(await build({ 'main.js': DIRECT }));
  });

  it.skipIf(!folder)('makes a Worker of its own default format, from tilewise/all', async () => {
    await expectPage(await build({ 'main.js': ASKS_WORKER, 'worker.js': worker('tilewise/all') }));
  });

  it.skipIf(!folder)('makes a Worker that loads parts on demand', async () => {
    await expectPage(await build({ 'main.js': ASKS_WORKER, 'worker.js': worker('tilewise') }, 'es'));
  });
});

describe('webpack', () => {
  const build = async (main: string): Promise<string> => {
    const project = makeProject(
      {
        ...MODULES,
        'main.js': main,
        'worker.js': worker('tilewise'),
        'dist/index.html': PAGE('<script defer src="./main.js"></script>'),
        'dist/model.onnx': MODEL,
      },
      tools.webpack,
    );
    const webpack = join(tools.webpack ?? '', 'node_modules/.bin/webpack');
    await run(project, webpack, '--mode', 'production', '--entry', './main.js');
    return join(project, 'dist');
  };

  it.skipIf(!tools.webpack)('makes a page', async () => {
    await expectPage(await build(DIRECT));
  });

  it.skipIf(!tools.webpack)('makes a Worker', async () => {
    await expectPage(await build(ASKS_WORKER));
  });
});

describe('Rollup', () => {
  it.skipIf(!tools.rollup)('makes a page', async () => {
    const project = makeProject(
      {
        ...MODULES,
        'main.js': DIRECT,
        'dist/index.html': PAGE('<script type="module" src="./main.js"></script>'),
        'dist/model.onnx': MODEL,
      },
      tools.rollup,
    );
    const rollup = join(tools.rollup ?? '', 'node_modules/.bin/rollup');
    await run(project, rollup, 'main.js', '-d', 'dist', '-p', 'node-resolve={browser:true}', '--silent');
    await expectPage(join(project, 'dist'));
  });
});

describe('esbuild', () => {
  const build = async (library: string, ...flags: string[]): Promise<string> => {
    const project = makeProject(
      {
        ...MODULES,
        'main.js': DIRECT.replace("'tilewise'", `'${library}'`),
        'dist/index.html': PAGE('<script defer type="module" src="./main.js"></script>'),
        'dist/model.onnx': MODEL,
      },
      tools.esbuild,
    );
    const esbuild = join(tools.esbuild ?? '', 'node_modules/.bin/esbuild');
    await run(project, esbuild, 'main.js', '--bundle', '--minify', '--outdir=dist', '--log-level=error', ...flags);
    return join(project, 'dist');
  };

  it.skipIf(!tools.esbuild)('makes a page', async () => {
    await expectPage(await build('tilewise', '--format=esm', '--splitting'));
  });

  it.skipIf(!tools.esbuild)('makes one script of it', async () => {
    await expectPage(await build('tilewise', '--format=iife'));
  });

  it.skipIf(!tools.esbuild)('makes one script of tilewise/all', async () => {
    await expectPage(await build('tilewise/all', '--format=iife'));
  });
});

describe('Next.js', () => {
  it.skipIf(!tools.next)('makes a page; the import does no harm on the server', async () => {
    const project = makeProject(
      {
        ...MODULES,
        'next.config.mjs': `export default { output: 'export', turbopack: { root: ${JSON.stringify(tools.next)} } };`,
        'app/layout.js':
          'export default ({ children }) => <html lang="en"><head><link rel="icon" href="data:," /></head><body>{children}</body></html>;',
        // Rendered on the server, which makes use of the library, too.
        'app/page.js': `
          import { InputError, VERSION } from 'tilewise';
          import Client from './client';
          export default () => <><p>{VERSION} {new InputError('none').name}</p><Client /></>;`,
        'app/client.js': `'use client';
          import * as tilewise from 'tilewise';
          import { useEffect } from 'react';
          import { answer } from '../answer.js';
          import { show } from '../show.js';
          export default function Client() {
            useEffect(() => void show(() => answer(tilewise, '/model.onnx')), []);
            return <p id="answer">…</p>;
          }`,
        'public/model.onnx': MODEL,
      },
      tools.next,
    );
    await run(project, join(tools.next ?? '', 'node_modules/.bin/next'), 'build');
    await expectPage(join(project, 'out'));
  });
});
