/** `tilewise convert`: models to files that are read again, here and by onnxruntime. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { readSafetensors } from '../../src/formats/safetensors/parse.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { inProcess, tinyClassifier } from '../helpers/command.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { ortRun } from '../helpers/ort-oracle.ts';

let dir = '';
const at = (name: string): string => join(dir, name);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-convert-'));
  writeFileSync(at('tiny.onnx'), tinyClassifier());
  writeFileSync(at('batch.onnx'), tinyClassifier('n'));
  writeFileSync(at('labels.txt'), 'a\nb\nc\nd\n');
  mkdirSync(at('folder.onnx'));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const convert = (...argv: string[]): ReturnType<typeof inProcess> => inProcess('convert', ...argv);

async function reportOf(...argv: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await convert(...argv, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const picture = tensorOf(
  'float32',
  [1, 3, 8, 8],
  [...Array(192).keys()].map((i) => Math.sin(i)),
);

describe('convert', () => {
  it('writes ONNX that onnxruntime runs to the same end, and says what is in it', async () => {
    const report = await reportOf(at('tiny.onnx'), '--output', at('out.onnx'));
    const bytes = readFileSync(at('out.onnx'));
    expect(report).toEqual({
      model: at('tiny.onnx'),
      output: at('out.onnx'),
      format: 'onnx',
      from: 'onnx',
      warnings: [],
      bytes: bytes.length,
      opset: 20,
      nodes: 6,
      initializers: 4,
      inputs: [{ name: 'pictures:0', shape: [1, 3, 8, 8] }],
      renamed: {},
    });
    const feeds = new Map([['pictures:0', picture]]);
    const [before, after] = [await ortRun(tinyClassifier(), feeds), await ortRun(bytes, feeds)];
    for (const [name, e] of before) expectClose(after.get(name) ?? picture, e, floatTolerance(), name);
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('keeps symbolic extents, and fixes those that are given', async () => {
    expect(await reportOf(at('batch.onnx'), '--output', at('n.onnx'))).toMatchObject({
      inputs: [{ name: 'pictures:0', shape: ['n', 3, 8, 8] }],
    });
    const fixed = await reportOf(at('batch.onnx'), '--output', at('n.onnx'), '--input-shape', '2x3x8x8');
    expect(fixed).toMatchObject({ inputs: [{ name: 'pictures:0', shape: [2, 3, 8, 8] }] });
    expect((await importOnnx(readFileSync(at('n.onnx')))).inputs[0]?.shape).toEqual([2, 3, 8, 8]);
  });

  it('keeps labels and the preparation of pictures, where they are given', async () => {
    const how = ['--mean', '10', '--std', '50,60,70', '--labels', at('labels.txt')];
    await reportOf(at('tiny.onnx'), '--output', at('prepared.onnx'), ...how);
    const graph = await importOnnx(readFileSync(at('prepared.onnx')));
    expect(graph.labels).toEqual(['a', 'b', 'c', 'd']);
    expect(graph.inputs[0]?.preparation).toMatchObject({ mean: [10, 10, 10], std: [50, 60, 70] });
    await reportOf(at('tiny.onnx'), '--output', at('bare.onnx'));
    expect((await importOnnx(readFileSync(at('bare.onnx')))).inputs[0]?.preparation).toBeUndefined();
    // What is written once is kept when it is written again.
    await reportOf(at('prepared.onnx'), '--output', at('again.onnx'));
    const again = await importOnnx(readFileSync(at('again.onnx')));
    expect([again.labels, again.inputs]).toEqual([graph.labels, graph.inputs]);
  });

  it('writes weights only as safetensors', async () => {
    const { stdout } = await convert(at('tiny.onnx'), '--output', at('out.safetensors'));
    expect(stdout).toMatch(/out\.safetensors: .* tensors of onnx: weights only, no network/);
    const { initializers } = await importOnnx(tinyClassifier());
    expect(readSafetensors(readFileSync(at('out.safetensors')))).toEqual(new Map(initializers));
    expect(await reportOf(at('tiny.onnx'), '--output', at('out.safetensors'))).toMatchObject({ opset: null, nodes: 0 });
  });

  it('says what it wrote in two lines', async () => {
    const { stdout } = await convert(at('tiny.onnx'), '--output', at('out.onnx'));
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/out\.onnx: .*KiB, 4 tensors and 6 nodes of ONNX opset 20, from onnx$/),
      'inputs: pictures:0 1x3x8x8',
    ]);
  });

  it.each([
    ['an ending that is no format', 'out.pb', 'INPUT_INVALID', /ends in "\.pb".*FILE\.onnx.*FILE\.safetensors/],
    ['no ending', 'out', 'INPUT_INVALID', /ends in no extension/],
    ['the model itself', 'tiny.onnx', 'LOAD_FAILED', /it is the model that is read.*--output/],
    ['a folder', 'folder.onnx', 'LOAD_FAILED', /is a folder.*--output/],
    ['a folder that is not there', 'no/out.onnx', 'LOAD_FAILED', /cannot be written: there is no such file.*--output/],
  ])('refuses to write to %s', async (_, output, code, message) => {
    const before = readFileSync(at('tiny.onnx'));
    const { stdout, code: exit } = await convert(at('tiny.onnx'), '--output', at(output), '--json');
    expect(exit).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(readFileSync(at('tiny.onnx'))).toEqual(before);
  });

  it('refuses what it cannot read, and shapes that do not fit, and writes nothing', async () => {
    writeFileSync(at('cut.onnx'), tinyClassifier().subarray(0, 400));
    const cut = await convert(at('cut.onnx'), '--output', at('none.onnx'));
    expect(cut).toMatchObject({ code: 1, stderr: expect.stringMatching(/cut\.onnx/) });
    const shape = await convert(at('tiny.onnx'), '--output', at('none.onnx'), '--input-shape', '1x3x9x9');
    expect(shape).toMatchObject({ code: 1, stderr: expect.stringMatching(/pictures:0.*8.*9/) });
    expect(existsSync(at('none.onnx'))).toBe(false);
  });

  it('names all that ONNX cannot say, and what may help', async () => {
    writeFileSync(
      at('inverse.onnx'),
      encodeModel({
        opset: 13,
        name: 'inverse',
        inputs: [{ name: 'x', dtype: 'float32', shape: [2, 2] }],
        outputs: [
          { name: 'y0', dtype: 'float32', shape: [2, 2] },
          { name: 'y1', dtype: 'float32', shape: [2, 2] },
        ],
        initializers: [],
        nodes: [0, 1].map((i) => ({
          op: 'Inverse',
          domain: 'com.microsoft',
          name: `Inverse${i}`,
          inputs: ['x'],
          outputs: [`y${i}`],
        })),
      }),
    );
    const { stderr, code } = await convert(at('inverse.onnx'), '--output', at('none.onnx'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/inverse\.onnx: the model needs 2 unsupported things/);
    expect(stderr).toMatch(/Inverse "Inverse0": inverse matrices\n.*"Inverse1".*run the model as it is/s);
  });
});
