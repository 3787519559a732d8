/** Threads of the WASM backend in Chromium: in a page that is isolated from others, and in one that is not. */
import { expect, it } from 'vitest';
import { withPages, type PagePath } from '../helpers/page-server.ts';
import { scriptModels } from '../ort/models.ts';

const open = withPages(new Map([['network.onnx', scriptModels().network]]));

/** Calls a function of the page's module; the second of the pair is whether the page is isolated. */
async function inPage(path: PagePath, call: string): Promise<unknown> {
  const tab = await open(path);
  try {
    return await tab.evaluate(
      `import('/test/browser/page/wasm-threads.ts').then(async (page) => [await page.${call}, crossOriginIsolated])`,
    );
  } finally {
    await tab.close();
  }
}

it('share the work of a page that is isolated, and change no bit of a result', async () => {
  const answers = [1, 2, 3].map((threads) => ({ threads, workers: threads - 1, elements: 1000, different: 0 }));
  expect(await inPage('/isolated', 'runOnThreads([1, 2, 3])')).toEqual([answers, true]);
});

it('are refused by name in a page that is not', async () => {
  const remedy = expect.stringMatching(/shared memory.*Cross-Origin-Opener-Policy: same-origin/s) as unknown;
  expect(await inPage('/page', 'refusedThreads(2)')).toEqual([['INPUT_INVALID', remedy], false]);
  const alone = [{ threads: 1, workers: 0, elements: 1000, different: 0 }];
  expect(await inPage('/page', 'runOnThreads([1])')).toEqual([alone, false]);
});

it('are what tilewise/ort has for numThreads, and one where there cannot be more', async () => {
  const one = await inPage('/page', 'runOrt(4)');
  expect(one).toEqual([{ becomes: 1, workers: 0, sum: expect.arrayContaining([expect.any(Number)]) }, false]);
  const [{ sum }] = one as [{ sum: number[] }];
  expect(await inPage('/isolated', 'runOrt(4)')).toEqual([{ becomes: 4, workers: 3, sum }, true]);
});
