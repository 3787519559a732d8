/** `--threads`: every command with `--backend` has it, results do not depend on it, and what cannot be is refused by name. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { drawnSamples } from '../../src/catalogue/samples.ts';
import { writeNpy } from '../../src/cli/npy.ts';
import { Session } from '../../src/session/session.ts';
import { inProcess, tinyClassifier } from '../helpers/command.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

let dir = '';
const at = (...names: string[]): string => join(dir, ...names);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-threads-'));
  writeFileSync(at('tiny.onnx'), tinyClassifier());
  writeFileSync(at('x.npy'), writeNpy(randomTensor('float32', [1, 3, 8, 8], randomSource(3))));
  mkdirSync(at('pictures'));
  for (const [i, { width, height, data }] of drawnSamples().slice(0, 2).entries()) {
    await sharp(data, { raw: { width, height, channels: 4 } })
      .png()
      .toFile(at('pictures', `${i}.png`));
  }
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));
afterEach(() => void vi.restoreAllMocks());

const run = (...more: string[]): ReturnType<typeof inProcess> =>
  inProcess('run', at('tiny.onnx'), '--input', at('x.npy'), '--backend', 'wasm', ...more);

async function outputOf(folder: string, ...more: string[]): Promise<Buffer> {
  const { code, stderr } = await run('--output-dir', at(folder), ...more);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readFileSync(at(folder, 'scores_out.npy'));
}

/** The number of threads of each session that a command opened on the WASM backend. */
async function threadsOf(...argv: string[]): Promise<unknown[]> {
  const created = vi.spyOn(Session, 'create');
  const { code, stderr } = await inProcess(...argv, '--backend', 'wasm', '--threads', '2');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const asked = created.mock.calls.flatMap(([, options]) => (options?.backend === 'wasm' ? [options] : []));
  for (const { startThread } of asked) expect(startThread).toBeTypeOf('function');
  return asked.map(({ threads }) => threads);
}

describe('--threads', () => {
  it('changes no bit of a result', async () => {
    const alone = await outputOf('alone');
    expect(await outputOf('two', '--threads', '2')).toEqual(alone);
    expect(await outputOf('five', '--threads', '5')).toEqual(alone);
  });

  it('reaches the session of run and of quantize', async () => {
    expect(await threadsOf('run', at('tiny.onnx'), '--input', at('x.npy'))).toEqual([2]);
    const calibrate = ['--calibrate', at('pictures'), '--output', at('q.onnx')];
    const threads = await threadsOf('quantize', at('tiny.onnx'), ...calibrate);
    expect(threads.length).toBeGreaterThan(1);
    expect(new Set(threads)).toEqual(new Set([2]));
  });

  it('is refused where it is no number of threads', async () => {
    for (const [count, message] of [
      ['0', /--threads.*positive integer/],
      ['1.5', /--threads.*positive integer/],
      ['many', /--threads.*positive integer/],
      ['65', /threads is 65, more than 64/],
    ] as const) {
      const { code, stderr } = await run('--threads', count);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(message);
    }
  });

  it.each(['detect', 'classify', 'run', 'quantize', 'segment', 'matte', 'text', 'upscale', 'pose', 'hands', 'faces'])(
    'is an option of %s',
    async (command) => {
      const { stdout } = await inProcess(command, '--help');
      expect(stdout).toMatch(/--backend <name>[^]*--threads <n> +threads that share the work on wasm/);
    },
  );
});
