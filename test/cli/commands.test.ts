/** The commands on the CPU reference: what they print as JSON, what they write. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalogue/catalogue.ts';
import { drawnSamples } from '../../src/catalogue/samples.ts';
import { readNpy, writeNpy } from '../../src/cli/npy.ts';
import { fromRaw, toRaw } from '../../src/core/raw.ts';
import { Session } from '../../src/session/session.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { inProcess, tinyClassifier, tinyDetector } from '../helpers/command.ts';
import { expectClose } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

let dir = '';
let pixels: Pixels | undefined;
const at = (name: string): string => join(dir, name);
const exact = { rtol: 0, atol: 0 };

async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await inProcess(...argv, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Outputs of the model with a symbolic batch. */
async function outputsOf(...more: string[]): Promise<unknown> {
  return (await json('inspect', at('batch.onnx'), ...more))['outputs'];
}

function tinyOnCpu(): string[] {
  return ['--model', at('tiny.onnx'), '--backend', 'cpu'];
}

async function resultsOf(...more: string[]): Promise<unknown> {
  return (await json('classify', at('hills.png'), ...tinyOnCpu(), ...more))['results'];
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-commands-'));
  writeFileSync(at('tiny.onnx'), tinyClassifier());
  writeFileSync(at('batch.onnx'), tinyClassifier('n'));
  writeFileSync(at('labels.txt'), 'red\ngreen\nblue\nnone\n');
  pixels = drawnSamples()[0];
  const { width = 0, height = 0, data = new Uint8Array() } = pixels ?? {};
  const image = sharp(Buffer.from(data), { raw: { width, height, channels: 4 } });
  await image.clone().png().toFile(at('hills.png'));
  await image.clone().jpeg().toFile(at('hills.jpg'));
  await image.clone().webp().toFile(at('hills.webp'));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('run', () => {
  it('reads and writes raw tensors, under safe names', async () => {
    const x = randomTensor('float32', [1, 3, 8, 8], randomSource(3));
    writeFileSync(at('x.bin'), toRaw(x));
    const spec = `pictures:0=${at('x.bin')}:1x3x8x8`;
    const rest = ['--output-dir', at('a/b'), '--backend', 'cpu'];
    const result = await json('run', at('tiny.onnx'), '--input', spec, ...rest);
    const file = at('a/b/scores_out.bin');
    expect(result).toMatchObject({
      model: at('tiny.onnx'),
      backend: 'cpu',
      adapter: null,
      inputs: [{ name: 'pictures:0', dtype: 'float32', shape: [1, 3, 8, 8], file: at('x.bin') }],
      outputs: [{ name: 'scores/out', dtype: 'float32', shape: [1, 4], file }],
      loadMs: expect.any(Number),
      runMs: expect.any(Number),
    });
    const session = await Session.create(tinyClassifier(), { backend: 'cpu' });
    const expected = await session.run({ 'pictures:0': x });
    const scores = expected['scores/out'];
    expect(scores).toBeDefined();
    if (scores) expectClose(fromRaw('float32', [1, 4], readFileSync(file)), scores, exact);
  });

  it('without a folder says what the outputs hold; reads and writes .npy', async () => {
    const x = randomTensor('float32', [1, 3, 8, 8], randomSource(3));
    writeFileSync(at('x.npy'), writeNpy(x));
    const session = await Session.create(tinyClassifier(), { backend: 'cpu' });
    const scores = [...((await session.run({ 'pictures:0': x }))['scores/out']?.data ?? [])];
    const argv = ['run', at('tiny.onnx'), '--input', at('x.npy'), '--backend', 'cpu'];
    expect(await json(...argv)).toMatchObject({
      outputs: [
        {
          file: null,
          min: Math.min(...scores),
          max: Math.max(...scores),
          mean: expect.closeTo(scores.reduce((a, b) => a + b) / 4, 9),
          nonFinite: 0,
          first: scores,
        },
      ],
    });
    const { stdout } = await inProcess(...argv);
    expect(stdout).toMatch(/scores\/out +│ float32 1x4 +│/);
    await json(...argv, '--output-dir', at('npy'));
    expect(readNpy(readFileSync(at('npy/scores_out.npy')))).toEqual({ shape: [1, 4], data: Float32Array.from(scores) });
  });

  it('takes a picture as classify does', async () => {
    const argv = ['run', at('tiny.onnx'), '--input', `pictures:0=${at('hills.png')}`, '--backend', 'cpu'];
    const { outputs } = (await json(...argv)) as { outputs: { first: number[] }[] };
    const [result] = (await resultsOf('--top', '4')) as { top: { index: number; score: number }[] }[];
    for (const { index, score } of result?.top ?? []) expect(outputs[0]?.first[index]).toBeCloseTo(score, 6);
    const other = (await json(...argv, '--std', '255')) as typeof result & { outputs: { first: number[] }[] };
    expect(other.outputs[0]?.first).not.toEqual(outputs[0]?.first);
  });

  it('derives a symbolic batch from the size of the file', async () => {
    writeFileSync(at('x3.bin'), toRaw(randomTensor('float32', [3, 3, 8, 8], randomSource(4))));
    const result = await json(
      'run',
      at('batch.onnx'),
      '--input',
      at('x3.bin'),
      '--output-dir',
      dir,
      '--backend',
      'cpu',
    );
    expect(result).toMatchObject({ inputs: [{ shape: [3, 3, 8, 8] }], outputs: [{ shape: [3, 4] }] });
  });
});

describe('inspect', () => {
  it('counts by hand-checked arithmetic', async () => {
    expect(await json('inspect', at('tiny.onnx'))).toMatchObject({
      format: 'onnx',
      inputs: [{ name: 'pictures:0', dtype: 'float32', shape: [1, 3, 8, 8] }],
      outputs: [{ name: 'scores/out', dtype: 'float32', shape: [1, 4] }],
      operators: { Conv: 1, 'Activation.relu': 1, GlobalAveragePool: 1, Flatten: 1, Gemm: 1, Softmax: 1 },
      parameters: 5 * 3 * 9 + 5 + 5 * 4 + 4,
      multiplyAdds: 8 * 8 * 5 * 3 * 9 + 5 * 4,
      peakActivationBytes: expect.any(Number),
      dispatches: expect.any(Number),
    });
  });

  it('takes a symbolic batch as 1, or as told', async () => {
    expect(await outputsOf()).toMatchObject([{ shape: [1, 4] }]);
    expect(await outputsOf('--input-shape', 'pictures:0=5x3x8x8')).toMatchObject([{ shape: [5, 4] }]);
  });

  it('prints a table for people', async () => {
    const { stdout } = await inProcess('inspect', at('tiny.onnx'));
    expect(stdout).toMatch(/multiply-adds +│ 8660/);
  });
});

describe('classify', () => {
  it('gives labels and scores of several pictures, best first', async () => {
    const files = [at('hills.png'), at('hills.jpg'), pathToFileURL(at('hills.webp')).href];
    const result = await json('classify', ...files, ...tinyOnCpu(), '--labels', at('labels.txt'), '--top', '2');
    expect(result).toMatchObject({
      model: at('tiny.onnx'),
      backend: 'cpu',
      adapter: null,
      loadMs: expect.any(Number),
      firstRunMs: expect.any(Number),
      runMs: expect.any(Number),
    });
    const results = result['results'] as { file: string; top: { index: number; label: string; score: number }[] }[];
    expect(results.map((r) => r.file)).toEqual(files);
    const [png] = results;
    expect(png?.top).toHaveLength(2);
    // The same through the library: ImageNet statistics for a channels-first model outside the catalogue.
    const session = await Session.create(tinyClassifier(), { backend: 'cpu' });
    const input = preprocess(pixels ?? { width: 0, height: 0, data: new Uint8Array() }, {
      width: 8,
      height: 8,
      fit: 'cover',
      resize: { method: 'bilinear', alignCorners: false },
      channelOrder: 'rgb',
      mean: [123.675, 116.28, 103.53],
      std: [58.395, 57.12, 57.375],
      layout: 'nchw',
      dtype: 'float32',
    });
    const scores = [...((await session.run({ 'pictures:0': input }))['scores/out']?.data ?? [])];
    const best = scores.indexOf(Math.max(...scores));
    expect(png?.top[0]).toEqual({ index: best, label: ['red', 'green', 'blue', 'none'][best], score: scores[best] });
    expect((png?.top[0]?.score ?? 0) >= (png?.top[1]?.score ?? 1)).toBe(true);
    for (const other of results) expect(other.top[0]?.score).toBeCloseTo(png?.top[0]?.score ?? NaN, 1);
  });

  it('gives null for a label that nobody named', async () => {
    expect(await resultsOf('--top', '1')).toMatchObject([
      { top: [{ index: expect.any(Number), label: null, score: expect.any(Number) }] },
    ]);
  });

  it('lets --mean, --std and --channel-order say how pixels become numbers', async () => {
    const base = await resultsOf();
    expect(await resultsOf('--mean', '123.675,116.28,103.53', '--std', '58.395,57.12,57.375')).toEqual(base);
    expect(await resultsOf('--std', '255')).not.toEqual(base);
    expect(await resultsOf('--channel-order', 'bgr')).not.toEqual(base);
  });

  it('refuses labels that are not one a class, and models that are no classifier', async () => {
    writeFileSync(at('two.txt'), 'a\nb\n');
    const labels = await inProcess('classify', at('hills.png'), ...tinyOnCpu(), '--labels', at('two.txt'));
    expect(labels).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: file .*two\.txt: there are 2 labels, and no output holds 2 scores; the outputs are "scores\/out" 1x4/,
      ),
    });
    const detector = await inProcess('classify', at('hills.png'), '--model', 'centernet', '--backend', 'cpu');
    expect(detector).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: "centernet" is for detection/) });
  });

  it('never prints a tensor that is no vector of scores as classes, and names the outputs', async () => {
    writeFileSync(at('boxes.onnx'), tinyDetector());
    const model = ['--model', at('boxes.onnx'), '--backend', 'cpu'];
    const refused = { code: 1, stdout: '', stderr: expect.stringContaining('"map" 1x3x8x8, "rows" 1x32x6') };
    expect(await inProcess('classify', at('hills.png'), ...model)).toMatchObject(refused);
    // As many labels as the rows have numbers.
    writeFileSync(at('many.txt'), Array.from({ length: 192 }, (_, i) => `class ${i}\n`).join(''));
    expect(await inProcess('classify', at('hills.png'), ...model, '--labels', at('many.txt'))).toMatchObject(refused);
  });
});

describe('detect', () => {
  it('gives boxes in pixels of the picture, best first, and null for a label that nobody named', async () => {
    writeFileSync(at('boxes.onnx'), tinyDetector());
    const argv = ['detect', at('hills.png'), '--model', at('boxes.onnx'), '--backend', 'cpu'];
    const boxesOf = async (threshold: string): Promise<{ label: null; score: number; box: number[] }[]> => {
      const { results } = (await json(...argv, '--threshold', threshold)) as { results: { boxes: never[] }[] };
      return results[0]?.boxes ?? [];
    };
    const all = await boxesOf('0');
    expect(all.length).toBeGreaterThan(3);
    const scores = all.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const { label, box } of all) {
      const [x = NaN, y = NaN, width = NaN, height = NaN] = box;
      expect(label).toBeNull();
      expect(x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 320 && y + height <= 240).toBe(true);
    }
    const [, second = NaN] = scores;
    expect(await boxesOf(String(second))).toEqual(all.slice(0, 2));
    const { stdout } = await inProcess(...argv, '--threshold', '0');
    expect(stdout).toMatch(/hills\.png\n +1 {2}class .* % {2}\d+×\d+ at \d+,\d+\n/);
  });

  it('writes its copies beside the pictures, never over them', async () => {
    writeFileSync(at('boxes.onnx'), tinyDetector());
    const picture = at('plain.jpg');
    await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } }).toFile(picture);
    const before = readFileSync(picture);
    await json('detect', picture, '--model', at('boxes.onnx'), '--backend', 'cpu', '--output-dir', dir);
    expect(readFileSync(picture).equals(before)).toBe(true);
    expect(await sharp(at('plain_1.jpg')).metadata()).toMatchObject({ format: 'jpeg', width: 9, height: 9 });
  });
});

describe('models', () => {
  it('lists the catalogue with one default a task', async () => {
    const { models } = (await json('models')) as { models: { name: string; default: boolean }[] };
    expect(models.map((m) => m.name)).toEqual(CATALOGUE.map((entry) => entry.name));
    expect(models.filter((m) => m.default)).toMatchObject([
      { name: 'centernet', task: 'detection', decode: 'rows' },
      { name: 'movenet-lightning', task: 'pose' },
      { name: 'blazeface-short', parts: { landmarks: 'face-mesh', iris: 'iris' } },
      { name: 'palm-detection-full', origin: 'npm @mediapipe/hands' },
      { name: 'selfie-segmentation', task: 'matting', also: ['segmentation'] },
      { name: 'waifu2x-anime-noise1-x2', task: 'upscaling' },
      { name: 'pp-ocrv5-det', task: 'text-detection' },
      { name: 'imagenet-mobilenet-v2-quant', decode: null },
    ]);
  });
});
