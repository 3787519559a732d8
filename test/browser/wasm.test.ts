/** The WASM backend in Chromium, which runs the kernels of relaxed SIMD: as the reference, to the tolerance that Node has. */
import { expect, it } from 'vitest';
import { FULL } from '../helpers/full.ts';
import { withPages } from '../helpers/page-server.ts';
import type { WasmAnswer } from './page/wasm.ts';

const open = withPages();

/** Calls a function of the page's module. */
async function inPage<T = WasmAnswer>(call: string): Promise<T> {
  const tab = await open();
  try {
    return (await tab.evaluate(`import('/test/browser/page/wasm.ts').then((page) => page.${call})`)) as T;
  } finally {
    await tab.close();
  }
}

if (FULL)
  it('runs every operator case', async ({ task }) => {
    const { relaxed, done, wrong } = await inPage('runOperatorCases()');
    expect({ relaxed, wrong }).toEqual({ relaxed: true, wrong: [] });
    expect(done).toBeGreaterThan(1000);
    task.meta.runs = done;
  });

it('runs random networks', async () => {
  expect(await inPage('runRandomNetworks(30)')).toEqual({ relaxed: true, done: 30, wrong: [] });
});

it('says what a policy lacks that refuses WebAssembly', async () => {
  const remedy = expect.stringContaining("'wasm-unsafe-eval' in script-src") as unknown;
  expect(await inPage<unknown>('refusedByPolicy()')).toEqual(['NO_DEVICE', remedy]);
});
