/** Products of integers on both backends: beside onnxruntime, or beside sums that are computed here without limit. */
import { describe, expect, it } from 'vitest';
import type { DType } from '../../../src/core/dtype.ts';
import { ImportError, ShapeError } from '../../../src/core/errors.ts';
import { tensorOf, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { product, range } from '../../../src/util/arrays.ts';
import { encodeModel, type OnnxModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { node } from '../../helpers/onnx-models.ts';

const agrees = openBoth();

type Feeds = Readonly<Record<string, Tensor>>;

/** Integers that use every bit of 32, or of `bits`. */
function spread(dtype: DType, shape: Shape, bits = 32): Tensor {
  const values = range(product(shape)).map((i) => Math.imul(i * i + 3 * i + 1, 0x9e3779b1));
  const shift = 32 - bits;
  return tensorOf(
    dtype,
    shape,
    values.map((v) => (dtype.startsWith('u') ? v >>> shift : v >> shift)),
  );
}

function modelOf(nodes: readonly OnnxNode[], feeds: Feeds, more: Partial<OnnxModel> = {}): OnnxModel {
  return {
    opset: 13,
    inputs: Object.entries(feeds).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: [{ name: 'y', dtype: feeds['a']?.dtype ?? 'int32' }],
    nodes,
    ...more,
  };
}

describe('MatMul as onnxruntime has it', () => {
  const SHAPES: readonly (readonly [Shape, Shape])[] = [
    [
      [3, 5],
      [5, 7],
    ],
    [[17], [17]],
    [[5], [2, 5, 3]],
    [[2, 3, 5], [5]],
    [
      [2, 1, 3, 7],
      [3, 7, 5],
    ],
    [
      [1, 4099],
      [4099, 3],
    ],
    [
      [65, 17],
      [17, 67],
    ],
    [
      [0, 3],
      [3, 2],
    ],
  ];
  it.each(SHAPES.flatMap(([a, b]) => (['int32', 'uint32'] as const).map((dtype) => ({ dtype, a, b }))))(
    '$dtype: $a by $b, wrapped',
    async ({ dtype, a, b }) => {
      const feeds = { a: spread(dtype, a), b: spread(dtype, b) };
      await agrees(modelOf([node('MatMul', 'a b', 'y')], feeds), feeds);
    },
  );

  it.each(['int64', 'uint64'] as const)('%s, while results stay within 32 bits', async (dtype) => {
    const feeds = { a: spread(dtype, [3, 17], 13), b: spread(dtype, [17, 5], 13) };
    await agrees(modelOf([node('MatMul', 'a b', 'y')], feeds), feeds);
  });

  it('between factors, sums and transpositions that are constants', async () => {
    const feeds = { a: spread('int32', [2, 5, 3]) };
    const constants = { two: tensorOf('int32', [], [3]), w: spread('int32', [7, 5]), c: spread('int32', [7]) };
    const nodes = [
      node('Mul', 'a two', 'doubled'),
      node('Transpose', 'doubled', 'turned', { perm: { ints: [0, 2, 1] } }),
      node('Transpose', 'w', 'v', { perm: { ints: [1, 0] } }),
      node('MatMul', 'turned v', 'p'),
      node('Add', 'p c', 's'),
      node('Mul', 's c', 'y'),
    ];
    await agrees(modelOf(nodes, feeds, { initializers: Object.entries(constants) }), feeds);
  });

  const EQUATIONS: readonly (readonly [equation: string, a: Shape, b: Shape])[] = [
    ['ij,jk->ik', [3, 5], [5, 7]],
    ['ij,kj->ki', [3, 5], [7, 5]],
    ['bij,bjk->bik', [2, 3, 5], [2, 5, 7]],
    ['ij,ij->', [3, 5], [3, 5]],
  ];
  it.each(EQUATIONS)('in Einsum %s', async (equation, a, b) => {
    const feeds = { a: spread('int32', a), b: spread('int32', b) };
    await agrees(modelOf([node('Einsum', 'a b', 'y', { equation: { s: equation } })], feeds), feeds);
  });
});

const big = (t: Tensor | undefined, at: number): bigint => BigInt(t?.data[at] ?? 0);

/** alpha·a·b + beta·c of matrices, exactly, then the 32 bits that are left. */
function exactly(
  dtype: DType,
  [m, k, n]: readonly [number, number, number],
  { a, b, c }: { readonly a: Tensor; readonly b: Tensor; readonly c?: Tensor },
  { alpha = 1, beta = 1, transA = false, transB = false }: Factors,
): Tensor {
  const [cRows = 1, cColumns = 1] = [c?.shape.at(-2), c?.shape.at(-1)];
  const sums = range(m * n).map((i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    const sum = range(k).reduce(
      (s, j) => s + big(a, transA ? j * m + row : row * k + j) * big(b, transB ? column * k + j : j * n + column),
      0n,
    );
    const added = big(c, (cRows === 1 ? 0 : row) * cColumns + (cColumns === 1 ? 0 : column));
    const total = BigInt(alpha) * sum + BigInt(beta) * added;
    return Number(dtype.startsWith('u') ? BigInt.asUintN(32, total) : BigInt.asIntN(32, total));
  });
  return tensorOf(dtype, [m, n], sums);
}

interface Factors {
  readonly alpha?: number;
  readonly beta?: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
}

function gemm(inputs: string, { alpha = 1, beta = 1, transA = false, transB = false }: Factors): OnnxNode {
  const flags = { transA: { i: Number(transA) }, transB: { i: Number(transB) } };
  return node('Gemm', inputs, 'y', { alpha: { f: alpha }, beta: { f: beta }, ...flags });
}

describe('Gemm, which onnxruntime has of real numbers only', () => {
  const FORMS: readonly { readonly c?: Shape; readonly factors: Factors }[] = [
    { factors: {} },
    { c: [5], factors: { alpha: 3, beta: -2 } },
    { c: [3, 1], factors: { transA: true, beta: 2 } },
    { c: [], factors: { transB: true, alpha: -1 } },
    { c: [3, 5], factors: { transA: true, transB: true, alpha: 2 ** 20, beta: 2 ** 24 } },
  ];
  const types = ['int32', 'uint32', 'int64', 'uint64'] as const;
  it.each(types.flatMap((dtype) => FORMS.map((form) => ({ dtype, ...form }))))(
    '$dtype, c $c, $factors',
    async ({ dtype, c, factors }) => {
      for (const k of [1, 17, 1025]) {
        const [a, b] = [factors.transA ? [k, 3] : [3, k], factors.transB ? [5, k] : [k, 5]];
        const feeds = { a: spread(dtype, a), b: spread(dtype, b), ...(c ? { c: spread(dtype, c) } : {}) };
        const model = modelOf([gemm(Object.keys(feeds).join(' '), factors)], feeds);
        await agrees(model, feeds, { plain: { y: exactly(dtype, [3, k, 5], feeds, factors) } });
      }
    },
  );
});

function opened(nodes: readonly OnnxNode[], dtype: DType): Promise<Session> {
  const feeds = { a: spread(dtype, [3, 5]), b: spread(dtype, [5, 7]) };
  const model = modelOf(nodes, feeds, { opset: { '': 13, 'com.microsoft': 1 } });
  return Session.create(encodeModel(model), { backend: 'cpu' });
}

describe('what is refused', () => {
  const contrib = { domain: 'com.microsoft' };

  it('a factor of integers that is a fraction', async () => {
    const promise = opened([gemm('a b', { alpha: 0.5 })], 'int32');
    await expect(promise).rejects.toThrow(ShapeError);
    await expect(promise).rejects.toThrow(
      /Gemm of int32 and int32, by 0.5 and 1, is not defined. Cast them to float32/,
    );
  });
  it.each(['int8', 'uint8', 'bool'] as const)('MatMul of %s', async (dtype) => {
    await expect(opened([node('MatMul', 'a b', 'y')], dtype)).rejects.toThrow(ShapeError);
  });
  it('FusedMatMul of integers', async () => {
    const fused = { ...node('FusedMatMul', 'a b', 'y', { alpha: { f: 0.5 } }), ...contrib };
    await expect(opened([fused], 'int32')).rejects.toThrow(ImportError);
  });
  it('FusedGemm of integers', async () => {
    const fused = { ...node('FusedGemm', 'a b', 'y', { activation: { s: 'Relu' } }), ...contrib };
    await expect(opened([fused], 'int32')).rejects.toThrow(ShapeError);
  });
  it('a grid of integers', async () => {
    const feeds = { a: spread('int32', [1, 2, 3]) };
    const size = tensorOf('int64', [4], [1, 1, 2, 3]);
    const more = { opset: 20, initializers: [['size', size]] } as const;
    const bytes = encodeModel(modelOf([node('AffineGrid', 'a size', 'y')], feeds, more));
    await expect(Session.create(bytes, { backend: 'cpu' })).rejects.toThrow(ImportError);
  });
  it('a spectrum of integers', async () => {
    const feeds = { a: spread('int32', [1, 8, 1]) };
    const bytes = encodeModel(modelOf([node('DFT', 'a', 'y')], feeds, { opset: 17 }));
    await expect(Session.create(bytes, { backend: 'cpu' })).rejects.toThrow(ImportError);
  });
});
