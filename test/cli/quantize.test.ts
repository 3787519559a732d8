/** `tilewise quantize`: a tiny model and a folder of pictures to a file that is read again, here and by onnxruntime. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawnSamples } from '../../src/catalogue/samples.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { decodeImage } from '../../src/node/image.ts';
import { quantize } from '../../src/node/tasks.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { inProcess, tinyClassifier } from '../helpers/command.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { ortRun } from '../helpers/ort-oracle.ts';

let dir = '';
const at = (...names: string[]): string => join(dir, ...names);
const HOW = ['--mean', '10,20,30', '--std', '50', '--fit', 'stretch', '--backend', 'cpu'];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-quantize-'));
  writeFileSync(at('tiny.onnx'), tinyClassifier());
  writeFileSync(at('labels.txt'), 'a\nb\nc\nd\n');
  for (const folder of ['pictures', 'empty', 'one', 'bad']) mkdirSync(at(folder));
  const drawn = drawnSamples().slice(0, 2);
  for (const [i, { width, height, data }] of [...drawn, ...drawn].entries()) {
    const png = sharp(data, { raw: { width, height, channels: 4 } })
      .flop(i > 1)
      .resize(20 + i, 17);
    await png.toFile(at('pictures', `${i}.png`));
    if (i === 0) await png.toFile(at('one', 'picture.png'));
    await png.toFile(at('bad', `${i}.png`));
  }
  writeFileSync(at('pictures', 'notes.txt'), 'no picture');
  writeFileSync(at('bad', '0.png'), 'no picture either');
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = (...more: string[]): ReturnType<typeof inProcess> =>
  inProcess('quantize', at('tiny.onnx'), '--output', at('q.onnx'), ...HOW, ...more);

const OPTIONS = [
  [],
  ['--per-channel'],
  ['--symmetric'],
  ['--method', 'minmax'],
  ['--method', 'entropy', '--per-channel', '--symmetric'],
];

describe('quantize', () => {
  it.each(OPTIONS)('writes a file that onnxruntime reads, and a report: %s', async (...options) => {
    const { code, stdout, stderr } = await run(
      '--calibrate',
      at('pictures'),
      '--labels',
      at('labels.txt'),
      '--json',
      ...options,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout);
    // Two of four pictures judge, and five crops of each.
    expect(report).toMatchObject({ pictures: 4, calibrated: 2, judged: 12, agreed: 12 });
    expect(report.perChannel).toBe(options.includes('--per-channel'));
    expect(report.symmetric).toBe(options.includes('--symmetric'));
    expect(report.layers.map(({ op }: { op: string }) => op)).toEqual([
      // A ReLU that is not what the integers end at stands behind its convolution.
      report.symmetric ? 'Activation' : 'Conv',
      'GlobalAveragePool',
      'Gemm',
    ]);
    // Two pictures do not show all that the others have.
    for (const { snr } of report.layers) expect(snr).toBeGreaterThan(10);
    const bytes = readFileSync(at('q.onnx'));
    expect(report.bytes.after).toBe(bytes.length);
    const picture = await decodeImage(readFileSync(at('pictures', '1.png')));
    const channels = { mean: [10, 20, 30], std: [50, 50, 50] } as const;
    const spec = {
      width: 8,
      height: 8,
      fit: 'stretch',
      channelOrder: 'rgb',
      layout: 'nchw',
      dtype: 'float32',
    } as const;
    const x = preprocess(picture, { ...spec, ...channels, resize: { method: 'bilinear', alignCorners: false } });
    const feeds = new Map([['pictures:0', x]]);
    const [theirs] = [...(await ortRun(bytes, feeds)).values()];
    const [float] = [...(await ortRun(tinyClassifier(), feeds)).values()];
    const far = theirs?.data.map((v, i) => Math.abs(v - (float?.data[i] ?? 0))) ?? [1];
    expect(Math.max(...far)).toBeLessThan(0.03);
  });

  it('keeps labels and the preparation of pictures in the file', async () => {
    await run('--calibrate', at('pictures'), '--labels', at('labels.txt'));
    const graph = await importOnnx(readFileSync(at('q.onnx')));
    expect(graph.labels).toEqual(['a', 'b', 'c', 'd']);
    expect(graph.inputs[0]?.preparation).toMatchObject({ mean: [10, 20, 30], std: [50, 50, 50], fit: 'stretch' });
    const argv = ['classify', at('pictures', '1.png'), '--backend', 'cpu', '--json'];
    const own = await inProcess(...argv, '--model', at('q.onnx'));
    const told = await inProcess(...argv, '--model', at('tiny.onnx'), ...HOW, '--labels', at('labels.txt'));
    const [quantised, float] = [own, told].map(({ stdout }) => JSON.parse(stdout).results[0].top);
    expect(quantised[0].label).toBe(float[0].label);
    for (const { label, score } of quantised) {
      const twin = float.find((other: { label: string }) => other.label === label);
      expect(Math.abs(score - twin.score)).toBeLessThan(0.03);
    }
  });

  it('prints the layers with the most noise', async () => {
    const { stdout } = await run('--calibrate', at('pictures'), '--exclude', 'fc');
    expect(stdout).toMatch(/Conv +│ conv +│ +\d+\.\d dB/);
    expect(stdout).not.toMatch(/│ fc /);
    expect(stdout).toMatch(/the same for 12 of 12 pictures and crops/);
    expect(stdout).toMatch(/KiB instead of/);
  });

  it.each([
    ['no folder', ['--calibrate', 'nowhere'], 'LOAD_FAILED', /there is no such file.*--calibrate/],
    ['no pictures', ['--calibrate', 'empty'], 'INPUT_INVALID', /no pictures in this folder.*two at least/],
    ['one picture', ['--calibrate', 'one'], 'INPUT_INVALID', /is one picture in this folder/],
    ['what is no picture', ['--calibrate', 'bad'], 'INPUT_INVALID', /0\.png/],
    ['no such node', ['--calibrate', 'pictures', '--exclude', 'stem'], 'INPUT_INVALID', /no node "stem".*"conv"/],
    ['no place', ['--calibrate', 'pictures', '--output', 'no/q.onnx'], 'LOAD_FAILED', /cannot be written.*--output/],
    ['a folder', ['--calibrate', 'pictures', '--output', 'empty'], 'LOAD_FAILED', /is a folder/],
  ] as const)('refuses %s', async (_, options, code, message) => {
    const paths = options.map((word, i) =>
      options[i - 1] === '--calibrate' || options[i - 1] === '--output' ? at(word) : word,
    );
    const { stdout, code: exit } = await run(...paths, '--json');
    expect(exit).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('refuses a model that is quantised already', async () => {
    await run('--calibrate', at('pictures'));
    const argv = ['quantize', at('q.onnx'), '--calibrate', at('pictures'), '--output', at('qq.onnx'), ...HOW];
    const { stderr } = await inProcess(...argv);
    expect(stderr).toMatch(/quantised already.*Quantise the model that it was made of/s);
  });
});

const feeds = (v: number): object => ({
  'pictures:0': tensorOf(
    'float32',
    [1, 3, 8, 8],
    Array.from({ length: 192 }, (_, i) => Math.sin(i * v)),
  ),
});

describe('the function', () => {
  it('takes feeds, and says how far it is', async () => {
    const stages: string[] = [];
    const { model, report } = await quantize(tinyClassifier(), {
      backend: 'cpu',
      calibrate: [feeds(1), feeds(2), feeds(3)] as never,
      method: 'minmax',
      onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`),
    });
    expect(stages).toEqual(['load 0/1', 'load 1/1', 'calibrate 1/2', 'calibrate 2/2', 'judge 1/1']);
    expect(report).toMatchObject({ calibrated: 2, judged: 1, agreed: 1 });
    expect((await importOnnx(model)).inputs).toMatchObject([{ name: 'pictures:0', shape: [1, 3, 8, 8] }]);
  });

  it('ends when its signal says so, and for too few examples', async () => {
    const signal = AbortSignal.abort(new TypeError('enough'));
    const picture = drawnSamples()[0];
    const calibrate = picture ? [picture, picture] : [];
    const settings = { backend: 'cpu', calibrate } as const;
    await expect(quantize(tinyClassifier(), { ...settings, signal })).rejects.toThrow('enough');
    await expect(quantize(tinyClassifier(), { ...settings, calibrate: [] })).rejects.toThrow(/no examples/);
  });
});
