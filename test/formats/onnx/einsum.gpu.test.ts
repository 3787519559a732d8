/** Einstein summation on both backends, beside onnxruntime; and equations that say nothing. */
import { describe, expect, it } from 'vitest';
import { ImportError, ShapeError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { product, range } from '../../../src/util/arrays.ts';
import { encodeModel, type OnnxModel } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

const agrees = openBoth();

const countedInts = (shape: readonly number[]): Tensor =>
  tensorOf(
    'int32',
    shape,
    range(product(shape)).map((i) => ((i * 7) % 11) - 5),
  );

function modelOf(equation: string, operands: readonly Tensor[]): OnnxModel {
  const names = operands.map((_, i) => `x${i}`);
  return {
    opset: 12,
    inputs: operands.map(({ dtype, shape }, i) => ({ name: `x${i}`, dtype, shape })),
    outputs: [{ name: 'y', dtype: operands[0]?.dtype ?? 'float32' }],
    nodes: [node('Einsum', names.join(' '), 'y', { equation: { s: equation } })],
  };
}

const feedsOf = (operands: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(operands.map((t, i) => [`x${i}`, t]));

type Shapes = readonly (readonly number[])[];

const EQUATIONS: readonly (readonly [equation: string, ...shapes: Shapes])[] = [
  // One operand.
  ['i', [5]],
  ['ij->ji', [3, 5]],
  ['ij', [3, 5]],
  ['ba', [3, 5]],
  ['ij->', [3, 5]],
  ['ijk -> k', [3, 5, 2]],
  ['->', []],
  ['ii', [3, 3]],
  ['ii->i', [5, 5]],
  ['iij->ji', [3, 3, 2]],
  ['iji->j', [3, 2, 3]],
  ['iii->i', [3, 3, 3]],
  ['iijj->ij', [2, 2, 3, 3]],
  ['...ii->...i', [2, 1, 3, 3]],
  ['...ij->...ji', [2, 3, 4, 5]],
  ['i...j', [2, 3, 4, 5]],
  ['...->...', [2, 3]],
  ['i...->...', [2, 3]],
  // Two.
  ['i,i->', [17], [17]],
  ['i,j->ij', [3], [5]],
  ['i,j', [3], [5]],
  ['ij,jk', [3, 5], [5, 7]],
  ['ij,jk->ki', [3, 5], [5, 7]],
  ['ji,kj->ik', [5, 3], [7, 5]],
  ['ij,kj->ik', [3, 17], [7, 17]],
  ['bij,bjk->bik', [2, 3, 5], [2, 5, 7]],
  ['bhid,bhjd->bhij', [2, 3, 5, 4], [2, 3, 7, 4]],
  ['bhij,bhjd->bihd', [2, 3, 5, 7], [2, 3, 7, 4]],
  ['bhwc,hkc->bhwk', [2, 3, 4, 5], [3, 7, 5]],
  ['abcd,cdef->abef', [2, 3, 4, 5], [4, 5, 3, 2]],
  ['abcd,dcef->efab', [2, 3, 4, 5], [5, 4, 3, 2]],
  ['ij,ij->ij', [3, 5], [3, 5]],
  ['ij,ij->', [3, 5], [3, 5]],
  ['ij,k->jk', [3, 5], [2]],
  ['ij,j->i', [3, 5], [5]],
  ['i,ij->j', [3], [3, 5]],
  ['ij,->ij', [3, 5], []],
  [',', [], []],
  ['ii,ij->j', [3, 3], [3, 5]],
  ['...ij,...jk->...ik', [2, 1, 3, 5], [1, 4, 5, 7]],
  ['...ij,...jk', [2, 3, 5], [2, 5, 7]],
  ['bc...,bd...->bcd...', [2, 3, 4, 5], [2, 6, 4, 5]],
  // An extent of 1 beside a longer one.
  ['ij,jk->ik', [3, 1], [5, 7]],
  ['ij,jk->ik', [3, 5], [1, 7]],
  ['bij,bjk->bik', [1, 3, 5], [4, 5, 7]],
  ['ij,ij->i', [3, 1], [3, 5]],
  // More than two, the letter that is summed at the end among them.
  ['i,i,i->', [5], [5], [5]],
  ['ij,jk,kl->il', [2, 3], [3, 5], [5, 4]],
  ['ab,bc,cd,de->ae', [2, 3], [3, 4], [4, 5], [5, 2]],
  ['ij,i,j->', [3, 5], [3], [5]],
  ['a,ab,abc->abc', [2], [2, 3], [2, 3, 4]],
  ['...i,...i,...j->...j', [2, 5], [2, 5], [2, 3]],
  // Nothing.
  ['ij,jk->ik', [3, 0], [0, 7]],
  ['ij,jk->ik', [0, 5], [5, 7]],
  ['ij->i', [3, 0]],
];

describe('equations', () => {
  it.each(EQUATIONS.map(([equation, ...shapes]) => ({ equation, shapes })))(
    '$equation of $shapes',
    async ({ equation, shapes }) => {
      const operands = shapes.map((shape) => wave(shape));
      // onnxruntime has no sums of nothing, nor what is transposed of it.
      const nothing = operands.some(({ data }) => data.length === 0);
      const outputShape = equation === 'ij->i' ? [3] : shapes.map((shape, i) => shape[i] ?? 0);
      const y = tensorOf(
        'float32',
        outputShape,
        range(product(outputShape)).map(() => 0),
      );
      await agrees(modelOf(equation, operands), feedsOf(operands), nothing ? { plain: { y } } : { terms: 64 });
    },
  );

  const OF_INTEGERS: readonly (readonly [equation: string, ...shapes: Shapes])[] = [
    ['ij,jk->ik', [3, 5], [5, 7]],
    ['ij->j', [3, 5]],
    ['ij,ij->i', [3, 5], [1, 5]],
    ['ii', [4, 4]],
  ];
  it.each(OF_INTEGERS.map(([equation, ...shapes]) => ({ equation, shapes })))(
    '$equation of int32',
    async ({ equation, shapes }) => {
      const operands = shapes.map(countedInts);
      await agrees(modelOf(equation, operands), feedsOf(operands));
    },
  );

  it('of float16', async () => {
    const operands = [wave([2, 3, 5], 'float16'), wave([2, 5, 7], 'float16')];
    // onnxruntime lacks the type.
    const [a = wave([]), b = a] = operands;
    const sums = range(2 * 3 * 7).map((at) => {
      const [batch, i, k] = [Math.floor(at / 21), Math.floor(at / 7) % 3, at % 7];
      return range(5).reduce(
        (sum, j) => sum + (a.data[(batch * 3 + i) * 5 + j] ?? 0) * (b.data[(batch * 5 + j) * 7 + k] ?? 0),
        0,
      );
    });
    const y = tensorOf('float16', [2, 3, 7], sums);
    await agrees(modelOf('bij,bjk->bik', operands), feedsOf(operands), { plain: { y } });
  });

  it('ellipses of different length, which onnxruntime has only in products', async () => {
    const operands = [wave([2, 1, 3, 5]), wave([4, 5, 7])];
    const made = modelOf('...ij,...jk->...ik', operands);
    const matMul = encodeModel({ ...made, nodes: [node('MatMul', 'x0 x1', 'y')] });
    const plain = Object.fromEntries(await ortRun(matMul, new Map(Object.entries(feedsOf(operands)))));
    await agrees(made, feedsOf(operands), { plain });
  });

  it('of letters in both cases: those of the result are in ASCII order, as NumPy has it', async () => {
    const operands = [wave([2, 3])];
    const data = operands[0]?.data ?? [];
    const y = tensorOf(
      'float32',
      [3, 2],
      range(6).map((i) => data[(i % 2) * 3 + Math.floor(i / 2)] ?? 0),
    );
    await agrees(modelOf('aB', operands), feedsOf(operands), { plain: { y } });
  });
});

/** Opens a session with it on the CPU. */
const failing = (equation: string, shapes: Shapes): Promise<Session> =>
  Session.create(
    encodeModel(
      modelOf(
        equation,
        shapes.map((shape) => wave(shape)),
      ),
    ),
    { backend: 'cpu' },
  );

describe('what no equation is', () => {
  it.each([
    ['ij->ik', [[3, 5]], /"k" in its result/],
    ['ij->ii', [[3, 5]], /"i" in its result/],
    ['ij,jk->ik', [[3, 5]], /is for 2 operands, there are 1/],
    ['ij->i->j', [[3, 5]], /two arrows/],
    ['i1->i', [[3, 5]], /a term "i1"/],
    ['i..j', [[3, 5]], /a term "i..j"/],
    ['......', [[3, 5]], /a term "......"/],
    ['ijk->i', [[3, 5]], /"ijk" of an operand of rank 2/],
    ['i->i', [[3, 5]], /"i" of an operand of rank 2/],
    ['...ijk->i', [[3, 5]], /"...ijk" of an operand of rank 2/],
    ['...ij->ij', [[2, 3, 5]], /no ellipsis in its result/],
    ['', [[3, 5]], /"" of an operand of rank 2/],
  ] as const)('%s', async (equation, shapes, message) => {
    await expect(failing(equation, shapes)).rejects.toThrow(ImportError);
    await expect(failing(equation, shapes)).rejects.toThrow(message);
  });

  it.each([
    ['ii->i', [[3, 5]]],
    ['ii->i', [[1, 4]]],
    [
      'ij,jk->ik',
      [
        [3, 5],
        [4, 7],
      ],
    ],
    [
      'ij,ij->ij',
      [
        [3, 5],
        [3, 4],
      ],
    ],
    [
      '...i,...i->...',
      [
        [2, 5],
        [3, 5],
      ],
    ],
  ] as const)('extents that differ: %s of %j', async (equation, shapes) => {
    await expect(failing(equation, shapes)).rejects.toThrow(ShapeError);
  });

  it('an ellipsis of who knows how many dimensions', async () => {
    const made = modelOf('...i->i...', [wave([3, 5])]);
    const nodes = [node('Reshape', 'x0 shape', 'x1'), node('Einsum', 'x1', 'y', { equation: { s: '...i->i...' } })];
    const shape = { name: 'shape', dtype: 'int64', shape: [null] } as const;
    const bytes = encodeModel({ ...made, inputs: [...made.inputs, shape], nodes });
    await expect(Session.create(bytes, { backend: 'cpu' })).rejects.toThrow(UnsupportedError);
  });
});
