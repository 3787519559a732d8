/** The command as users start it, on the GPU: real networks, and the process ends although a device was open. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePhotograph } from '../../src/cli/samples.ts';
import { fromRaw } from '../../src/core/raw.ts';
import { asProcess, inProcess, tinyClassifier } from '../helpers/command.ts';
import { expectClose } from '../helpers/close.ts';
import { hasSharedData, readGolden, sharedPath } from '../helpers/shared-data.ts';

let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-command-gpu-'));
  writeFileSync(join(dir, 'tiny.onnx'), tinyClassifier());
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Classification {
  readonly adapter: string | null;
  readonly results: readonly { readonly top: readonly { readonly label: string; readonly score: number }[] }[];
}

async function json(...argv: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await asProcess(...argv, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('the command on WebGPU', () => {
  it('classifies a photograph with the default model as the CPU reference does', async () => {
    const photograph = samplePhotograph() ?? '';
    const gpu = (await json('classify', photograph)) as Classification;
    const cpu = JSON.parse(
      (await inProcess('classify', photograph, '--backend', 'cpu', '--json')).stdout,
    ) as Classification;
    expect(gpu).toMatchObject({ model: 'nsfw-mobilenet-v2', backend: 'webgpu', adapter: expect.stringMatching(/./) });
    expect(gpu.results[0]?.top.map((t) => t.label)).toEqual(cpu.results[0]?.top.map((t) => t.label));
    gpu.results[0]?.top.forEach((t, i) => expect(t.score).toBeCloseTo(cpu.results[0]?.top[i]?.score ?? NaN, 4));
  });

  it.skipIf(!hasSharedData)('runs FastestDet on raw tensors as the recorded runtime does', async () => {
    const { outputs } = readGolden('FastestDet__street');
    const input = sharedPath('golden/FastestDet__street_input_0.bin');
    const result = await json(
      'run',
      sharedPath('onnx/FastestDet.onnx'),
      '--input',
      input,
      '--output-dir',
      join(dir, 'out'),
    );
    const { outputs: written } = result as { outputs: { name: string; shape: number[]; file: string }[] };
    for (const { name, tensor } of outputs) {
      const file = written.find((o) => o.name === name);
      const actual = fromRaw(tensor.dtype, file?.shape ?? [], readFileSync(file?.file ?? ''));
      expectClose(actual, tensor, { rtol: 1e-3, atol: 1e-4 }, name); // the recordings' own tolerance
    }
  });

  it('compares every node with the CPU, worst first', async () => {
    const result = (await json('compare', join(dir, 'tiny.onnx'))) as { ok: boolean; nodes: { maxAbs: number }[] };
    expect(result.ok).toBe(true);
    const differences = result.nodes.map((n) => n.maxAbs);
    expect(differences.length).toBeGreaterThan(2);
    expect(differences).toEqual([...differences].sort((a, b) => b - a));
  });

  it('shows the sample pictures, the adapter and the agreement with the CPU (npm start)', async () => {
    const { code, stdout } = await asProcess('demo');
    expect(code).toBe(0);
    expect(stdout).toMatch(/photograph: coffee +│ Neutral/);
    expect(stdout).toMatch(/drawn: hills[\s\S]*drawn: balls[\s\S]*adapter: \S/);
    expect(stdout).toContain('Every score agrees with the CPU reference.');
    expect(stdout).toContain('npm run -s tilewise -- classify');
  });

  it('fails with one message when the adapter does not exist', async () => {
    const { code, stdout, stderr } = await asProcess('compare', join(dir, 'tiny.onnx'), '--adapter', 'abacus');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: unknown adapter "abacus"/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
