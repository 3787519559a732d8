/** Signals in models of opset 18 to 24: transforms along any axis (DFT of opset 20), short-time ones, windows and mel scales. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import type { DType } from '../../../src/core/dtype.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { LaterCase, LaterCases } from './later.ts';

const int = (value: number, dtype: DType = 'int64'): Tensor => tensorOf(dtype, [], [value]);
const on = { i: 1 };

const dft = (name: string, shape: readonly number[], form: Partial<LaterCase> = {}): LaterCase => ({
  name,
  opset: 20,
  node: node('DFT', 'x', 'y'),
  inputs: { x: wave(shape) },
  terms: 64,
  ...form,
});

/** The first `kept` frequencies of complex numbers, by the sum itself. */
function spectrum(numbers: readonly (readonly [number, number])[], kept: number): number[] {
  return Array.from({ length: kept }, (_, k) => {
    const sum = [0, 0] as [number, number];
    numbers.forEach(([re, im], n) => {
      const angle = (2 * Math.PI * ((n * k) % numbers.length)) / numbers.length;
      sum[0] += re * Math.cos(angle) + im * Math.sin(angle);
      sum[1] += im * Math.cos(angle) - re * Math.sin(angle);
    });
    return sum;
  }).flat();
}

const long = wave([1, 1000, 1]);

/** Frames of six of a complex signal `[2, 20, 2]`, three apart, under a window. */
function frames({ data }: Tensor, weights: Tensor): Tensor {
  const values = [0, 20].flatMap((image) =>
    [0, 3, 6, 9, 12].flatMap((start) => {
      const frame = Array.from(weights.data, (w, n): [number, number] => {
        const at = 2 * (image + start + n);
        return [w * (data[at] ?? 0), w * (data[at + 1] ?? 0)];
      });
      return spectrum(frame, 6);
    }),
  );
  return tensorOf('float32', [2, 5, 6, 2], values);
}

/** The numbers that have these one-sided frequencies, by the sum itself. */
function fromHalf({ data }: Tensor, length: number): Tensor {
  const half = Math.floor(length / 2) + 1;
  const part = (k: number, of: 0 | 1): number => (k < half ? data[2 * k + of] : data[2 * (length - k) + of]) ?? 0;
  const values = Array.from({ length }, (_, n) => {
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const angle = (2 * Math.PI * n * k) / length;
      sum += part(k, 0) * Math.cos(angle) - (k < half ? 1 : -1) * part(k, 1) * Math.sin(angle);
    }
    return sum / length;
  });
  return tensorOf('float32', [1, length, 1], values);
}

const half = wave([1, 5, 2]);
const back = { inverse: on, onesided: on };
const why = 'onnxruntime has no inverse of a onesided transform';

const window = (name: string, op: string, inputs: Readonly<Record<string, Tensor>>, attributes = {}): LaterCase => ({
  name,
  opset: 21,
  node: node(op, 'n', 'y', attributes),
  inputs,
});

const windows = (op: string): readonly LaterCase[] => [
  window('periodic', op, { n: int(17) }),
  window('symmetric', op, { n: int(16) }, { periodic: { i: 0 } }),
  window('of one', op, { n: int(1) }),
  window('of an int32', op, { n: int(400, 'int32') }),
  window('truncated to int32', op, { n: int(9) }, { output_datatype: { i: 6 } }),
  { ...window('of a constant', op, {}), constants: { n: int(5) } },
];

const stft = (name: string, form: Partial<LaterCase> & Pick<LaterCase, 'node' | 'inputs'>): LaterCase => ({
  name,
  opset: 18,
  terms: 64,
  ...form,
});

const mel = (name: string, numbers: readonly number[], attributes = {}): LaterCase => ({
  name,
  opset: 19,
  node: node('MelWeightMatrix', 'bins length rate lower upper', 'y', attributes),
  inputs: {},
  constants: Object.fromEntries(
    ['bins', 'length', 'rate', 'lower', 'upper'].map((key, i) => [
      key,
      tensorOf(i < 3 ? 'int64' : 'float32', [], [numbers[i] ?? 0]),
    ]),
  ),
});

export const LATER_SIGNALS: LaterCases = {
  DFT: [
    dft('the axis before the parts', [2, 7, 1]),
    dft('complex, along the first axis', [5, 3, 2], {
      node: node('DFT', 'x  axis', 'y'),
      constants: { axis: int(0) },
    }),
    dft('onesided, longer than the signal', [2, 3, 6, 1], {
      node: node('DFT', 'x length axis', 'y', { onesided: on }),
      constants: { length: int(9), axis: int(-3) },
    }),
    dft('cut to a length that is fed', [1, 16, 1], {
      node: node('DFT', 'x length', 'y'),
      inputs: { x: wave([1, 16, 1]), length: int(12) },
    }),
    dft('inverse, complex', [2, 8, 2], { node: node('DFT', 'x', 'y', { inverse: on }) }),
    dft('inverse of real numbers, longer', [1, 4, 1], {
      node: node('DFT', 'x length', 'y', { inverse: on }),
      constants: { length: int(6, 'int32') },
    }),
    dft('from one-sided frequencies', [1, 5, 2], {
      node: node('DFT', 'x', 'y', back),
      plain: { why, outputs: [fromHalf(half, 8)] },
    }),
    dft('from one-sided frequencies of an odd length', [1, 5, 2], {
      node: node('DFT', 'x length', 'y', back),
      constants: { length: int(9) },
      plain: { why, outputs: [fromHalf(half, 9)] },
    }),
    dft('from more frequencies than the length has', [1, 5, 2], {
      node: node('DFT', 'x length', 'y', back),
      constants: { length: int(6) },
      plain: { why, outputs: [fromHalf(half, 6)] },
    }),
    dft('long', [1, 1000, 1], {
      node: node('DFT', 'x', 'y', { onesided: on }),
      terms: 1000,
      plain: {
        why: 'onnxruntime turns by angles of float32 that it adds up: it is 0.03 off',
        outputs: [
          tensorOf(
            'float32',
            [1, 501, 2],
            spectrum(
              Array.from(long.data, (v) => [v, 0]),
              501,
            ),
          ),
        ],
      },
    }),
  ],
  STFT: [
    stft('a window', {
      node: node('STFT', 'x step window', 'y'),
      inputs: { x: wave([2, 40, 1]) },
      constants: { step: int(4), window: wave([8]) },
    }),
    stft('a length, both sides', {
      node: node('STFT', 'x step  length', 'y', { onesided: { i: 0 } }),
      inputs: { x: wave([1, 33, 1]) },
      constants: { step: int(5), length: int(7) },
    }),
    stft('complex', {
      opset: 22,
      node: node('STFT', 'x step window length', 'y', { onesided: { i: 0 } }),
      inputs: { x: wave([2, 20, 2]) },
      constants: { step: int(3), window: wave([6]), length: int(6) },
      plain: {
        why: 'what onnxruntime gives of complex signals is not the sum that ONNX defines',
        outputs: [frames(wave([2, 20, 2]), wave([6]))],
      },
    }),
    stft('a window, step and length that are fed', {
      node: node('STFT', 'x step window length', 'y'),
      inputs: { x: wave([1, 64, 1]), step: int(8), window: wave([16]), length: int(16) },
    }),
    stft('one frame, of int32', {
      opset: 24,
      node: node('STFT', 'x step  length', 'y'),
      inputs: { x: wave([3, 9, 1]) },
      constants: { step: int(2, 'int32'), length: int(9, 'int32') },
    }),
    stft('a step longer than the frame', {
      node: node('STFT', 'x step window', 'y'),
      inputs: { x: wave([1, 50, 1]) },
      constants: { step: int(20), window: wave([5]) },
    }),
  ],
  HannWindow: windows('HannWindow'),
  HammingWindow: windows('HammingWindow'),
  BlackmanWindow: windows('BlackmanWindow'),
  MelWeightMatrix: [
    mel('of ONNX', [8, 16, 8192, 0, 4096]),
    mel('of speech', [40, 400, 16000, 20, 7600]),
    mel('narrow triangles', [20, 32, 8000, 100, 3000]),
    mel('an odd length', [5, 17, 8000, 0, 3900]),
    mel('of int32', [3, 16, 8192, 0, 4096], { output_datatype: { i: 6 } }),
    mel('of one frequency', [1, 1, 8000, 0, 0]),
  ],
};
