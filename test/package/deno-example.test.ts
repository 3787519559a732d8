/** The example for Deno, with the library as others get it: built, packed, installed beside it. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepare } from '../../examples/prepare.ts';
import { createDetector, decodeImage } from '../../src/node/index.ts';
import { hasDeno, startDeno, type Driver } from '../deno/deno.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'tilewise-deno-'));

/** Unpacks the library, and links what it decodes pictures with from the checkout. */
async function install(): Promise<void> {
  await run('tar', ['-xzf', inject('tarball')], { cwd: work });
  mkdirSync(join(work, 'node_modules'));
  renameSync(join(work, 'package'), join(work, 'node_modules/tilewise'));
  symlinkSync(join(root, 'node_modules/sharp'), join(work, 'node_modules/sharp'), 'dir');
}

/** What a program prints, once it ends. */
async function outputOf(script: string, driver: Driver = {}): Promise<string> {
  const child = startDeno(script, [], { ...driver, cwd: work });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`Deno ended with ${String(code)}: ${stderr}`);
  return stdout;
}

describe.skipIf(!hasDeno)('the example for Deno', () => {
  beforeAll(async () => {
    cpSync(join(root, 'examples/deno'), work, { recursive: true });
    await Promise.all([prepare(work), install()]);
  }, 600_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each([
    ['on WebGPU, or what there is', {}],
    ['without a driver, on WASM', { none: true }],
  ] as const)('finds what the CPU reference finds: %s', async (_, driver) => {
    const [label, score] = (await outputOf('main.ts', driver)).trim().split('\n').at(-1)?.split(' ') ?? [];
    using detector = await createDetector('centernet', { backend: 'cpu' });
    const [best] = await detector.detect(await decodeImage(readFileSync(join(work, 'picture.png')), 'picture.png'));
    expect(label).toBe(best?.label);
    // Fifty layers in float32 in another order, four digits printed.
    expect(Math.abs(Number(score) - (best?.score ?? NaN))).toBeLessThan(1e-3);
  });

  it('says what is missing: a driver where WebGPU is asked for, or the leave to load the decoder of pictures', async () => {
    const main = readFileSync(join(work, 'main.ts'), 'utf8');
    writeFileSync(join(work, 'webgpu.ts'), main.replace("modelBase: 'models'", "$&, backend: 'webgpu'"));
    await expect(outputOf('webgpu.ts', { none: true })).rejects.toThrow(
      /DeviceError: Deno finds no WebGPU adapter\. Install a Vulkan driver/,
    );
    const withoutLibraries = outputOf('main.ts', { allowed: ['read', 'env', 'sys'] });
    await expect(withoutLibraries).rejects.toThrow(/LoadError: .*"sharp".*It is installed, and says: .*--allow-ffi/);
  });
});
