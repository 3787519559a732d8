/** Integers of 64 bits that pass 32: what is computed while compiling is refused, what a run computes wraps on both backends. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { Session } from '../../src/session/session.ts';
import { encodeModel, type OnnxNode } from '../helpers/onnx-bytes.ts';
import { node } from '../helpers/onnx-models.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const unsigned = (...values: number[]): Tensor => tensorOf('uint64', [values.length], values);
const MOST = 2 ** 31 - 1;

/** A model of one node on constants, and what is added to them by a run, or nothing. */
function model(of: OnnxNode, constants: Readonly<Record<string, Tensor>>, fed?: Tensor): Uint8Array {
  return encodeModel({
    opset: 13,
    inputs: fed ? [{ name: 'a', dtype: fed.dtype, shape: fed.shape }] : [],
    outputs: ['y'],
    nodes: [of],
    initializers: Object.entries(constants),
  });
}

const left = { direction: { s: 'LEFT' } };

describe('of constants, refused', () => {
  it.each<[string, OnnxNode, Readonly<Record<string, Tensor>>]>([
    ['a product', node('Mul', 'a b', 'y'), { a: ints(65536), b: ints(32768) }],
    ['a sum', node('Add', 'a b', 'y'), { a: ints(1, MOST), b: ints(1) }],
    ['a difference below zero', node('Sub', 'a b', 'y'), { a: unsigned(3), b: unsigned(4) }],
    ['a power', node('Pow', 'a b', 'y'), { a: ints(2), b: ints(31) }],
    ['bits on the left', node('BitShift', 'a b', 'y', left), { a: unsigned(3), b: unsigned(31) }],
    ['the product of a shape', node('ReduceProd', 'a', 'y'), { a: ints(70000, 3, 70000) }],
    ['the sum of all', node('ReduceSum', 'a', 'y'), { a: ints(MOST, MOST) }],
    ['the sum of squares', node('ReduceSumSquare', 'a', 'y'), { a: ints(-50000) }],
    ['the sum so far', node('CumSum', 'a b', 'y'), { a: ints(MOST, 5, -9), b: tensorOf('int64', [], [0]) }],
    ['a cast of what is below zero', node('Cast', 'a', 'y', { to: { i: 13 } }), { a: ints(-1) }],
    [
      'a cast of more than 31 bits',
      node('Cast', 'a', 'y', { to: { i: 7 } }),
      { a: tensorOf('uint32', [1], [2 ** 31]) },
    ],
  ])('%s', async (_, of, constants) => {
    const opened = Session.create(model(of, constants), { backend: 'cpu' });
    await expect(opened).rejects.toThrow(ShapeError);
    await expect(opened).rejects.toThrow('does not fit 32 bits, in which the engine holds it');
    await expect(opened).rejects.toThrow(`node "${of.name}"`);
  });
});

describe('of constants, as they are', () => {
  it.each<[string, OnnxNode, Readonly<Record<string, Tensor>>, readonly number[]]>([
    ['the ends', node('Add', 'a b', 'y'), { a: ints(MOST - 1, -MOST), b: ints(1, -1) }, [MOST, -(2 ** 31)]],
    [
      'unsigned sums',
      node('CumSum', 'a b', 'y'),
      { a: unsigned(2 ** 31, 2 ** 31 - 1, 0), b: tensorOf('int64', [], [0]) },
      [2 ** 31, 2 ** 32 - 1, 2 ** 32 - 1],
    ],
    ['a power of nothing', node('Pow', 'a b', 'y'), { a: ints(0, 2), b: ints(-1, 30) }, [0, 2 ** 30]],
    ['the largest of a shape', node('ReduceMax', 'a', 'y'), { a: ints(70000, MOST) }, [MOST]],
    [
      'int32, which wraps',
      node('Mul', 'a b', 'y'),
      { a: tensorOf('int32', [1], [65536]), b: tensorOf('int32', [1], [65537]) },
      [65536],
    ],
  ])('%s', async (_, of, constants, values) => {
    using session = await Session.create(model(of, constants), { backend: 'cpu' });
    const { y } = await session.run({});
    expect(Array.from(y?.data ?? [], Number)).toEqual(values);
  });
});

it('wraps in a run', async () => {
  const fed = ints(MOST, 65536);
  using session = await Session.create(model(node('Mul', 'a b', 'y'), { b: ints(2, 65537) }, fed), { backend: 'cpu' });
  const { y } = await session.run({ a: fed });
  expect(Array.from(y?.data ?? [], Number)).toEqual([-2, 65536]);
});
