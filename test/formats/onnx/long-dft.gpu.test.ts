/** Fourier transforms of so many numbers that they go in two steps, on both backends beside the sum itself in float64. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { range } from '../../../src/util/arrays.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { encodeModel, type OnnxModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { node } from '../../helpers/onnx-models.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const agrees = openBoth();
const on = { i: 1 };
const random = randomSource(5);
const some = (...shape: number[]): Tensor => randomTensor('float32', shape, random, -1, 1);
const int = (value: number): Tensor => tensorOf('int64', [], [value]);

function modelOf(n: OnnxNode, x: Tensor, constants: Readonly<Record<string, Tensor>> = {}): OnnxModel {
  return {
    opset: 20,
    inputs: [{ name: 'x', dtype: 'float32', shape: x.shape }],
    outputs: ['y'],
    nodes: [n],
    initializers: Object.entries(constants),
  };
}

type Complex = readonly [real: number, imaginary: number];

/** The first `kept` of so many frequencies, or numbers; those that are lacking are 0. */
function transform(numbers: readonly Complex[], length: number, kept: number, inverse = false): Complex[] {
  const cosines = range(length).map((i) => Math.cos((2 * Math.PI * i) / length));
  const sines = range(length).map((i) => (inverse ? 1 : -1) * Math.sin((2 * Math.PI * i) / length));
  const scale = inverse ? 1 / length : 1;
  return range(kept).map((k) => {
    let [re, im] = [0, 0];
    numbers.forEach(([a, b], n) => {
      const at = (n * k) % length;
      const [c, s] = [cosines[at] ?? 0, sines[at] ?? 0];
      re += a * c - b * s;
      im += a * s + b * c;
    });
    return [re * scale, im * scale];
  });
}

/** Numbers `[n, parts]` from an element on. */
function complex({ data }: Tensor, from: number, count: number, parts: 1 | 2): Complex[] {
  return range(count).map((i) => [data[from + i * parts] ?? 0, parts === 2 ? (data[from + i * 2 + 1] ?? 0) : 0]);
}

const tensor = (shape: readonly number[], numbers: readonly Complex[]): Tensor =>
  tensorOf('float32', shape, numbers.flat());

describe('long transforms', () => {
  it.each([6000, 5792, 2049])('one-sided, of %i real numbers', async (length) => {
    const x = some(2, length, 1);
    const kept = Math.floor(length / 2) + 1;
    const y = [0, length].flatMap((from) => transform(complex(x, from, length, 1), length, kept));
    const model = modelOf(node('DFT', 'x', 'y', { onesided: on }), x);
    await agrees(model, { x }, { terms: length, plain: { y: tensor([2, kept, 2], y) } });
  });

  it.each([undefined, on])('complex, along the first axis, inverse %o', async (inverse) => {
    const x = some(3000, 1, 2);
    const y = transform(complex(x, 0, 3000, 2), 3000, 3000, inverse !== undefined);
    const attributes = inverse ? { inverse } : {};
    const model = modelOf(node('DFT', 'x  axis', 'y', attributes), x, { axis: int(0) });
    await agrees(model, { x }, { terms: 3000, plain: { y: tensor([3000, 1, 2], y) } });
  });

  it('longer than the signal', async () => {
    const x = some(1, 3500, 1);
    const y = transform(complex(x, 0, 3500, 1), 4096, 4096);
    const model = modelOf(node('DFT', 'x length', 'y'), x, { length: int(4096) });
    await agrees(model, { x }, { terms: 4096, plain: { y: tensor([1, 4096, 2], y) } });
  });

  it.each([5000, 5001])('back to %i real numbers from one side', async (length) => {
    const kept = Math.floor(length / 2) + 1;
    const x = some(1, kept, 2);
    const half = complex(x, 0, kept, 2);
    const mirror = range(length - kept).map((i): Complex => {
      const [re, im] = half[length - kept - i] ?? [0, 0];
      return [re, -im];
    });
    const all: readonly Complex[] = [...half, ...mirror];
    const y = transform(all, length, length, true).map(([re]) => re);
    const model = modelOf(node('DFT', 'x length', 'y', { inverse: on, onesided: on }), x, { length: int(length) });
    await agrees(model, { x }, { terms: length, plain: { y: tensorOf('float32', [1, length, 1], y) } });
  });

  it('frames under a window', async () => {
    const [x, window] = [some(2, 7000, 1), some(6001)];
    const kept = 3001;
    const y = [0, 500, 7000, 7500].flatMap((from) => {
      const frame = complex(x, from, 6001, 1).map(([re], i): Complex => [re * (window.data[i] ?? 0), 0]);
      return transform(frame, 6001, kept);
    });
    const model = modelOf(node('STFT', 'x step window', 'y'), x, { step: int(500), window });
    await agrees(model, { x }, { terms: 6001, plain: { y: tensor([2, 2, kept, 2], y) } });
  });

  it('of many numbers without factors: refused', async () => {
    const x = some(1, 5801, 1);
    const opened = Session.create(encodeModel(modelOf(node('DFT', 'x', 'y'), x)), { backend: 'cpu' });
    await expect(opened).rejects.toThrow(ShapeError);
  });
});
