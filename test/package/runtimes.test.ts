/** The packed library where no bundler is: pages under a strict policy, service workers, Node, Deno. */
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { installedSoftwareDrivers } from '../../src/node/adapter-drivers.ts';
import { hasDeno, startDeno } from '../deno/deno.ts';
import { answerOf } from '../helpers/page-answer.ts';
import { ANSWER, expectAnswer, makeProject, MODEL, PAGE, run, SHOW } from './project.ts';

const modules = join(import.meta.dirname, '../../node_modules');
const FILES = {
  'package.json': '{ "private": true, "type": "module" }',
  'answer.js': ANSWER,
  'show.js': SHOW,
  'model.onnx': MODEL,
};

describe('pages', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('take an import map under a strict policy', async () => {
    const map = '{ "imports": { "tilewise": "./node_modules/tilewise/dist/index.js" } }';
    const hash = createHash('sha256').update(map).digest('base64');
    const policy = `default-src 'none'; script-src 'self' 'sha256-${hash}'; connect-src 'self'; img-src data:`;
    const folder = makeProject({
      ...FILES,
      'index.html': PAGE(`<meta http-equiv="Content-Security-Policy" content="${policy}">
        <script type="importmap">${map}</script><script type="module" src="main.js"></script>`),
      'main.js': `
        import * as tilewise from 'tilewise';
        import { answer } from './answer.js';
        import { show } from './show.js';
        show(() => answer(tilewise, 'model.onnx'));`,
    });
    await expectAnswer(await answerOf(browser, folder));
  });

  it('run where an adapter says nothing of itself and URL.canParse is missing, as in Chrome 116', async () => {
    const folder = makeProject({
      ...FILES,
      'index.html': PAGE('<script type="module" src="main.js"></script>'),
      'main.js': `
        delete GPUDevice.prototype.adapterInfo;
        delete GPUAdapter.prototype.info;
        delete URL.canParse;
        const { answer } = await import('./answer.js');
        const { show } = await import('./show.js');
        const tilewise = await import('./node_modules/tilewise/dist/index.js');
        show(() => answer(tilewise, 'model.onnx', { allowHosts: ['cdn.example.org'] }));`,
    });
    await expectAnswer(await answerOf(browser, folder));
  });

  /** What a service worker answers that imports an entry of the library. */
  async function serviceWorker(entry: string, answering: string): Promise<string> {
    const folder = makeProject({
      ...FILES,
      'index.html': PAGE('<script type="module" src="main.js"></script>'),
      'worker.js': `
        import * as tilewise from './node_modules/tilewise/dist/${entry}';
        import { answer } from './answer.js';
        const answering = ${answering};
        self.onmessage = (event) => event.waitUntil(
          answering().catch((error) => String(error)).then((text) => event.source.postMessage(text)));
        self.onactivate = (event) => event.waitUntil(self.clients.claim());`,
      'main.js': `
        import { show } from './show.js';
        show(async () => {
          const answer = new Promise((resolve) => (navigator.serviceWorker.onmessage = ({ data }) => resolve(data)));
          await navigator.serviceWorker.register('worker.js', { type: 'module' });
          (await navigator.serviceWorker.ready).active.postMessage('go');
          return answer;
        });`,
    });
    return answerOf(browser, folder);
  }

  it('run a model in a service worker, from tilewise/all', async () => {
    await expectAnswer(
      await serviceWorker('all.js', `() => answer(tilewise, new URL('model.onnx', location.href).href)`),
    );
  });

  it('are told of tilewise/all where a service worker needs it', async () => {
    const said = await serviceWorker('index.js', `() => answer(tilewise, new URL('model.onnx', location.href).href)`);
    expect(said).toMatch(/^LoadError: .*import\(\) is disallowed.*tilewise\/all$/);
  });
});

/** Puts packages that this checkout has into a project. */
function link(folder: string, ...names: readonly string[]): void {
  for (const name of names) {
    const to = join(folder, 'node_modules', name);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(join(modules, name), to, 'dir');
  }
}

/** A project with what a graphics adapter needs in Node. */
function nodeProject(files: Readonly<Record<string, string>>): string {
  const folder = makeProject({ ...FILES, ...files });
  const driver = installedSoftwareDrivers().length > 0 ? [] : ['@sparticuz/chromium'];
  link(folder, 'webgpu', ...driver);
  return folder;
}

describe('Node', () => {
  it('runs a model with tilewise and webgpu alone', async () => {
    const folder = nodeProject({
      'main.js': `
        import * as page from 'tilewise';
        import * as tilewise from 'tilewise/node';
        import { answer } from './answer.js';
        if (page.TilewiseError !== tilewise.TilewiseError) throw new Error('two copies of one class');
        console.log(await answer(tilewise, 'model.onnx'));`,
    });
    await expectAnswer(await run(folder, 'node', 'main.js'));
  });

  it.each(['tilewise', 'tilewise/all', 'tilewise/models', 'tilewise/node', 'tilewise/ort'])(
    'imports %s without an effect',
    async (entry) => {
      const folder = nodeProject({
        'main.js': `
          const before = Object.getOwnPropertyNames(globalThis).join();
          await import('${entry}');
          if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('it adds globals');`,
      });
      expect(await run(folder, 'node', 'main.js')).toBe('');
    },
  );

  it('shows the line of an error that nobody catches, not a file in one', async () => {
    const folder = nodeProject({
      'main.js': `import { Session } from 'tilewise/node'; await Session.create(new Uint8Array([8, 1, 2]));`,
    });
    const failing = run(folder, 'node', 'main.js');
    await expect(failing).rejects.toThrow(/ImportError: /);
    const said = await failing.catch((error: unknown) => String(error));
    for (const line of said.split('\n')) expect(line.length).toBeLessThan(250);
  });

  it('runs the command', async () => {
    const folder = nodeProject({});
    const command = join(folder, 'node_modules/.bin/tilewise');
    expect(await run(folder, command, '--version')).toMatch(/^\d+\.\d+\.\d+/);
    expect(await run(folder, command, 'inspect', 'model.onnx', '--json')).toMatch(/"format":\s*"onnx"/);
  });
});

describe('Deno', () => {
  it.skipIf(!hasDeno)('runs a model', async () => {
    const folder = makeProject({
      ...FILES,
      'main.js': `
        import * as tilewise from 'tilewise';
        import { answer } from './answer.js';
        console.log(await answer(tilewise, Deno.readFileSync('model.onnx')));
        Deno.exit();`,
    });
    const child = startDeno('main.js', [], { cwd: folder });
    const [said, complaints] = await Promise.all(
      [child.stdout, child.stderr].map((stream) => text(Readable.from(stream ?? []))),
    );
    await expectAnswer(said || String(complaints));
  });
});
