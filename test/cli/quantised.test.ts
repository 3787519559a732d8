/** Models of integers on the command line: what their integers stand for, by which rule they are rounded, raw numbers in and out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/cli/npy.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { Session } from '../../src/session/session.ts';
import { inProcess, tinyClassifier } from '../helpers/command.ts';
import { randomSource } from '../helpers/random.ts';
import { TINY_LABELS, TINY_SCALES, tinyQuantised } from '../helpers/tiny-tflite.ts';

let dir = '';
const at = (name: string): string => join(dir, name);

async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await inProcess(...argv, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-quantised-'));
  for (const type of ['int8', 'uint8'] as const) writeFileSync(at(`${type}.tflite`), tinyQuantised(type));
  writeFileSync(at('float.onnx'), tinyClassifier());
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('inspect', () => {
  it('says what a file says of itself, and what its integers stand for', async () => {
    const { input, scores } = TINY_SCALES.int8;
    expect(await json('inspect', at('int8.tflite'))).toMatchObject({
      format: 'tflite',
      signature: 'serving_default',
      metadata: { name: 'tiny', description: 'a small one' },
      labels: TINY_LABELS,
      rounding: 'shipped',
      inputs: [{ name: 'picture', dtype: 'int8', shape: [1, 8, 8, 3], quantisation: input }],
      outputs: [{ name: 'scores', dtype: 'int8', shape: [1, 4], quantisation: scores }],
      // The weights are rearranged by the importer: the file has no operator that does.
      operators: { QLinearConv: 1, QLinearReduce: 1 },
      parameters: 4 * 27 + 4,
      quantisation: {
        rounding: ['xnnpack'],
        integerWeights: { tensors: 1, bytes: 108 },
        nodes: [
          {
            op: 'QLinearConv',
            rounding: 'xnnpack',
            operands: [
              { value: 'picture', ...input, channels: 1 },
              { scale: [Math.fround(0.002), Math.fround(0.005)], zeroPoint: 0, channels: 4 },
            ],
            result: { value: 'map', scale: 0.0625, zeroPoint: scores.zeroPoint, channels: 1 },
          },
          { op: 'QLinearReduce', result: { value: 'scores', ...scores } },
        ],
      },
    });
  });

  it('names the rule that was asked for, and none for a model of real numbers', async () => {
    const reference = await json('inspect', at('uint8.tflite'), '--rounding', 'reference');
    expect(reference).toMatchObject({ rounding: 'reference', quantisation: { rounding: ['tfl-double'] } });
    const none = { rounding: null, quantisation: null, labels: [] };
    expect(await json('inspect', at('float.onnx'))).toMatchObject(none);
  });

  it('prints it for people', async () => {
    const { stdout } = await inProcess('inspect', at('uint8.tflite'));
    for (const line of [
      'picture: uint8 1x8x8x3 (scale 0.0078125, zero point 127)',
      'scores: uint8 1x4 (scale 0.00390625, zero point 108)',
      '2 operators, rounding shipped',
      '108 B in 1 tensors',
      '4: red; green; blue; none',
      'serving_default',
    ]) {
      expect(stdout).toContain(line);
    }
  });
});

describe('run', () => {
  it.each(['int8', 'uint8'] as const)('takes and writes raw integers of %s', async (type) => {
    const random = randomSource(5);
    const lowest = type === 'int8' ? -128 : 0;
    const pixels = Array.from({ length: 192 }, () => lowest + Math.floor(random() * 256));
    const x = tensorOf(type, [1, 8, 8, 3], pixels);
    writeFileSync(at('x.npy'), writeNpy(x));
    const model = [at(`${type}.tflite`), '--backend', 'cpu', '--input', at('x.npy'), '--output-dir', at(type)];
    const quantisation = TINY_SCALES[type].scores;
    const { outputs } = (await json('run', ...model)) as { outputs: { file: string; min: number }[] };
    const session = await Session.create(tinyQuantised(type), { backend: 'cpu' });
    const { scores } = await session.run({ picture: x });
    expect(readNpy(readFileSync(outputs[0]?.file ?? ''))).toEqual({ shape: [1, 4], data: scores?.data });
    const min = Math.min(...(scores?.data ?? []));
    expect(outputs).toMatchObject([
      { name: 'scores', dtype: type, quantisation, min, first: [...(scores?.data ?? [])] },
    ]);
  });
});

it('refuses a rule of rounding for other formats in one line', async () => {
  for (const command of ['inspect', 'run', 'compare', 'profile', 'tune']) {
    const { code, stderr } = await inProcess(command, at('float.onnx'), '--rounding', 'shipped');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: .*rounding "shipped" is for TensorFlow Lite files, this is onnx.*\n$/),
    });
  }
});
