/** Signals that do not fit are refused: by inference, by the importer, and when a run feeds what decides a shape. */
import { describe, expect, it } from 'vitest';
import { ImportError, ShapeError, UnsupportedError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { OpAttributes } from '../../src/ir/ops.ts';
import type { Operand } from '../../src/ops/definition.ts';
import { Session } from '../../src/session/session.ts';
import { OPS } from '../helpers/every-operator.ts';
import { encodeModel, type OnnxNode } from '../helpers/onnx-bytes.ts';
import { node, wave } from '../helpers/onnx-models.ts';

const known = (values: readonly number[]): Operand => ({
  dtype: 'int64',
  shape: [values.length],
  value: tensorOf('int64', [values.length], values),
});

function dftShape(
  extents: readonly number[],
  length?: readonly number[],
  form: Partial<OpAttributes['DftMatrix']> = {},
): unknown {
  const attributes = { inverse: false, oneSided: false, ...form };
  const node = { op: 'DftMatrix' as const, name: 'n', inputs: ['a', 'b'], outputs: ['y'], attributes };
  return OPS.DftMatrix.infer(node, [known(extents), ...(length ? [known(length)] : [])]);
}

describe('matrices of Fourier transforms', () => {
  it.each<[string, ...Parameters<typeof dftShape>]>([
    ['three parts', [4, 3]],
    ['no parts', [4]],
    ['a length of zero', [0, 1]],
    ['a negative length', [0, 1], [-2]],
    ['two lengths', [2, 1], [4, 4]],
    ['more numbers than the length', [5, 1], [4]],
    ['one side of complex numbers', [4, 2], [4], { oneSided: true }],
    ['back from one side of real numbers', [4, 1], [6], { inverse: true, oneSided: true }],
    ['more frequencies than one side has', [5, 2], [6], { inverse: true, oneSided: true }],
    ['more elements than there may be', [8000, 1]],
  ])('%s', (_why, ...given) => expect(() => dftShape(...given)).toThrow(ShapeError));
});

function melShape(numbers: readonly number[]): unknown {
  const node = {
    op: 'MelWeightMatrix' as const,
    name: 'n',
    inputs: ['a', 'b', 'c', 'd', 'e'],
    outputs: ['y'],
    attributes: { dtype: 'float32' as const },
  };
  return OPS.MelWeightMatrix.infer(
    node,
    numbers.map((v) => known([v])),
  );
}

describe('mel scales', () => {
  it.each([
    ['negative bins', [-1, 16, 8000, 0, 4000]],
    ['no samples', [4, 0, 8000, 0, 4000]],
    ['no rate', [4, 16, 0, 0, 4000]],
    ['an edge above half the rate', [4, 16, 8000, 0, 9000]],
    ['an edge below zero', [4, 16, 8000, -900, 4000]],
    ['bins without end', [2 ** 31 - 1, 1024, 8000, 0, 4000]],
  ] as const)('%s', (_why, numbers) => expect(() => melShape(numbers)).toThrow(ShapeError));
});

async function run(
  only: OnnxNode,
  { fed, opset = 20 }: { readonly fed: Readonly<Record<string, Tensor>>; readonly opset?: number },
): Promise<unknown> {
  const inputs = Object.entries(fed).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const bytes = encodeModel({ opset, inputs, outputs: only.outputs, nodes: [only] });
  using session = await Session.create(bytes, { backend: 'cpu' });
  return await session.run(fed);
}

const int = (value: number): Tensor => tensorOf('int64', [], [value]);
const x = wave([1, 16, 1]);

describe('numbers that a run feeds', () => {
  it.each<[string, OnnxNode, Readonly<Record<string, Tensor>>]>([
    ['a window of negative size', node('HannWindow', 'n', 'y'), { n: int(-3) }],
    ['a step of zero', node('STFT', 'x step  length', 'y'), { x, step: int(0), length: int(4) }],
    ['a step back', node('STFT', 'x step  length', 'y'), { x, step: int(-2), length: int(4) }],
    ['frames of no length', node('STFT', 'x step  length', 'y'), { x, step: int(2), length: int(0) }],
    ['frames of negative length', node('STFT', 'x step  length', 'y'), { x, step: int(2), length: int(-4) }],
    [
      'a window of another length',
      node('STFT', 'x step window length', 'y'),
      { x, step: int(2), window: wave([1]), length: int(4) },
    ],
    ['a transform of no length', node('DFT', 'x length', 'y'), { x, length: int(0) }],
    ['a transform of negative length', node('DFT', 'x length', 'y'), { x, length: int(-3) }],
  ])('%s', async (_why, only, fed) => expect(run(only, { fed })).rejects.toThrow(ShapeError));

  it('frames longer than the signal are none', async () => {
    const got = await run(node('STFT', 'x step  length', 'y'), { fed: { x, step: int(2), length: int(17) } });
    expect(got).toMatchObject({ y: { shape: [1, 0, 9, 2] } });
  });
});

describe('the importer refuses', () => {
  it('an axis that is fed', async () => {
    await expect(run(node('DFT', 'x  axis', 'y'), { fed: { x, axis: int(1) } })).rejects.toThrow(UnsupportedError);
  });

  it('the axis of the parts', async () => {
    await expect(run(node('DFT', 'x', 'y', { axis: { i: 2 } }), { fed: { x }, opset: 17 })).rejects.toThrow(
      ImportError,
    );
  });

  it('a way back from one side before opset 20', async () => {
    const back = node('DFT', 'x', 'y', { inverse: { i: 1 }, onesided: { i: 1 } });
    await expect(run(back, { fed: { x: wave([1, 5, 2]) }, opset: 17 })).rejects.toThrow(UnsupportedError);
  });
});
