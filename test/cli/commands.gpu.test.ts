/** The command as users start it, on the GPU: real networks, and the process ends although a device was open. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rgbOf, classColour } from '../../src/draw/colours.ts';
import { samplePhotograph } from '../../src/cli/samples.ts';
import { fromRaw } from '../../src/core/raw.ts';
import { VERSION } from '../../src/core/version.ts';
import { decodeImage } from '../../src/node/image.ts';
import { asProcess, inProcess, tinyClassifier } from '../helpers/command.ts';
import { expectClose } from '../helpers/close.ts';
import { FULL } from '../helpers/full.ts';
import { TINY_SCALES, tinyQuantised } from '../helpers/tiny-tflite.ts';
import { hasSharedData, readGolden, sharedPath } from '../helpers/shared-data.ts';

let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-command-gpu-'));
  writeFileSync(join(dir, 'tiny.onnx'), tinyClassifier());
  writeFileSync(join(dir, 'int8.tflite'), tinyQuantised('int8'));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Detections {
  readonly results: readonly {
    readonly boxes: readonly { readonly score: number; readonly box: readonly number[] }[];
  }[];
}

/** The object on stdout; nothing is said on stderr, by the driver neither. */
async function json(...argv: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await asProcess(...argv, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('the command on WebGPU', () => {
  it('compares integers by steps, and says what they stand for', async () => {
    const { stdout, code } = await inProcess('compare', join(dir, 'int8.tflite'), '--rounding', 'reference', '--json');
    expect(code).toBe(0);
    const { scores } = TINY_SCALES.int8;
    const exact = { dtype: 'int8', steps: 0, maxReal: 0 };
    expect(JSON.parse(stdout)).toMatchObject({
      rounding: 'reference',
      nodes: [
        { ...exact, output: 'map', quantisation: { scale: 0.0625, zeroPoint: scores.zeroPoint } },
        { ...exact, output: 'scores', quantisation: scores },
      ],
    });
    const text = await inProcess('compare', join(dir, 'int8.tflite'));
    expect(text.stdout).toMatch(/scale 0\.0625, zero point -20 +│ +exact │/);
    expect(text.stdout).toMatch(/rounding shipped: all 2 nodes agree with the CPU reference, exactly/);
  });

  it('finds the cup in a photograph, and writes a picture of it', async () => {
    const photograph = samplePhotograph() ?? '';
    const out = join(dir, 'boxes');
    const found = (await json('detect', photograph, '--backend', 'webgpu', '--output-dir', out)) as Detections;
    expect(found).toMatchObject({ model: 'centernet', backend: 'webgpu', adapter: expect.stringMatching(/./) });
    expect(found.results).toMatchObject([{ file: photograph, boxes: [{ label: 'cup', index: 41 }] }]);
    const [{ score = 0, box = [] } = {}] = found.results[0]?.boxes ?? [];
    expect(score).toBeCloseTo(0.52, 2);
    const [x = 0, y = 0, width = 0, height = 0] = box;
    expect([x > 200, y > 280, x + width < 660, y + height < 640]).toEqual([true, true, true, true]);
    expect(JSON.parse(readFileSync(join(out, 'detections.json'), 'utf8'))).toEqual({ results: found.results });
    // Where the box is drawn, and only there, the copy differs from the photograph by more than JPEG's loss.
    const [drawn, plain] = await Promise.all(
      [join(out, 'coffee.jpg'), photograph].map((file) => decodeImage(readFileSync(file), file)),
    );
    const change = (px: number, py: number): number => {
      const at = (Math.round(py) * 800 + Math.round(px)) * 4;
      return Math.max(...[0, 1, 2].map((c) => Math.abs((drawn?.data[at + c] ?? 0) - (plain?.data[at + c] ?? 0))));
    };
    expect(drawn).toMatchObject({ width: 800, height: 800 });
    expect(change(x + width / 2, y + height)).toBeGreaterThan(60);
    expect(change(x + width / 2, y + height / 2)).toBeLessThan(30);
    // Above it is a plate in the colour of the class, and "1 cup 52 %" on it in black.
    const colour = rgbOf(classColour(41));
    const like = (share: number, px: number, py: number): boolean =>
      colour.every((c, i) => Math.abs(share * c - (drawn?.data[(py * 800 + px) * 4 + i] ?? NaN)) < 50);
    const plate = Array.from(
      { length: 60 * 14 },
      (_, i) => [Math.round(x) + 2 + (i % 60), Math.round(y) - 15 + Math.floor(i / 60)] as const,
    );
    expect(plate.filter((place) => like(1, ...place)).length).toBeGreaterThan(300);
    // Strokes of little more than a pixel are half as light as the plate, or darker.
    expect(plate.filter((place) => like(0.25, ...place)).length).toBeGreaterThan(60);
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
      '--format',
      'bin',
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

  if (FULL)
    it('shows the sample pictures, the adapter and the agreement with the CPU (npm start)', async () => {
      const { code, stdout, stderr } = await asProcess('demo');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/photograph: coffee .*\n  1  cup +52 %/);
      expect(stdout).toMatch(/at a table .*\n  1  person .*\n  2  cup [\s\S]*adapter: \S/);
      expect(stdout).toContain('Every score and box agrees with the CPU reference');
      expect(stdout).toContain('npm run -s tilewise -- detect');
    });

  it('says what the machine has (doctor)', async () => {
    const report = (await json('doctor')) as Record<string, unknown>;
    expect(report).toMatchObject({
      ok: true,
      tilewise: VERSION,
      node: process.version,
      packages: { webgpu: expect.stringMatching(/^\d/), sharp: expect.stringMatching(/^\d/) },
      adapter: { name: expect.stringMatching(/./), limits: { maxBufferSize: expect.any(Number) } },
    });
    const drivers = report['drivers'] as { adapter: string; name: string | null; tried: string[] }[];
    expect(drivers.map((d) => d.adapter)).toEqual(['hardware', 'lavapipe', 'swiftshader', 'packaged']);
    for (const { name, tried } of drivers) expect(name !== null || tried.length > 0).toBe(true);
    const none = await asProcess('doctor', '--adapter', join(dir, 'none.json'));
    expect(none).toMatchObject({ code: 1, stdout: expect.stringMatching(/No usable adapter[\s\S]*none\.json/) });
  });

  it('fails with one message when the adapter does not exist', async () => {
    const { code, stdout, stderr } = await asProcess('compare', join(dir, 'tiny.onnx'), '--adapter', 'abacus');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: unknown adapter "abacus"/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
