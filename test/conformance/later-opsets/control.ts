/** If, Loop and Scan of opset 19 to 24, which came with other types of values; lists of opset 24 are in test/session/loop-models.ts. */
import type { DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import type { OnnxGraph, OnnxNode, OnnxValueInfo } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

const bool = (value: boolean): Tensor => tensorOf('bool', [], [value ? 1 : 0]);
const int = (value: number): Tensor => tensorOf('int64', [], [value]);
const port = (name: string, dtype: DType, shape: OnnxValueInfo['shape']): OnnxValueInfo => ({
  name,
  dtype,
  ...(shape ? { shape } : {}),
});

function branch(nodes: readonly OnnxNode[]): { g: OnnxGraph } {
  return { g: { inputs: [], outputs: nodes.at(-1)?.outputs ?? [], nodes } };
}

/** y of one of two functions of x. */
function ifElse(holds: boolean, x: Tensor, [then, otherwise]: readonly [string, string]): LaterCase {
  const branches = { then_branch: branch([node(then, 'x', 'p')]), else_branch: branch([node(otherwise, 'x', 'q')]) };
  return {
    name: `${holds ? then : otherwise} of ${x.dtype} [${x.shape.join(', ')}]`,
    opset: 19,
    node: node('If', 'c', 'y', branches),
    inputs: { x, c: bool(holds) },
  };
}

/** x goes round so often, by a node that makes b of a and x; every round's b, and that of the last. */
function loop(given: 'fed' | 'constant', rounds: number, x: Tensor, step: OnnxNode, how: string): LaterCase {
  const body: OnnxGraph = {
    inputs: [port('i', 'int64', []), port('go', 'bool', []), port('a', x.dtype, x.shape)],
    outputs: [port('goOn', 'bool', []), port('b', x.dtype, x.shape), port('each', x.dtype, x.shape)],
    nodes: [node('Identity', 'go', 'goOn'), step, node('Identity', 'b', 'each')],
  };
  const counts: Readonly<Record<string, Tensor>> = { n: int(rounds), yes: bool(true) };
  return {
    name: `${how} of ${x.dtype} [${x.shape.join(', ')}], ${rounds} rounds`,
    opset: 19,
    node: node('Loop', 'n yes x', 'y all', { body: { g: body } }),
    inputs: given === 'fed' ? { x, ...counts } : { x },
    ...(given === 'fed' ? {} : { constants: counts }),
    terms: 2 * rounds,
  };
}

/** Sums of slices, and each slice's product with the sum before it. */
function scan(
  shape: readonly [number, number],
  dtype: 'float32' | 'int32',
  attributes: NonNullable<OnnxNode['attributes']> = {},
  axis = 0,
): LaterCase {
  const one = [shape[1 - axis] ?? 1];
  const x =
    dtype === 'float32'
      ? wave(shape)
      : tensorOf(
          dtype,
          shape,
          wave(shape).data.map((v) => Math.round(5 * v)),
        );
  const body: OnnxGraph = {
    inputs: [port('before', dtype, one), port('slice', dtype, one)],
    outputs: [port('after', dtype, one), port('product', dtype, one)],
    nodes: [node('Add', 'before slice', 'after'), node('Mul', 'before slice', 'product')],
  };
  const said = Object.entries(attributes).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return {
    name: `${dtype} [${shape.join(', ')}] ${said.join(', ')}`,
    opset: 19,
    node: node('Scan', 's x', 'sum products', { num_scan_inputs: { i: 1 }, body: { g: body }, ...attributes }),
    inputs: { s: tensorOf(dtype, one, wave(one).data.map(Math.ceil)), x },
    terms: 8,
  };
}

/** Opsets that changed them. */
const CHANGED = [19, 21, 23, 24];

export const LATER_CONTROL: LaterCases = {
  If: alsoIn(CHANGED, [
    ifElse(true, wave([2, 3]), ['Exp', 'Neg']),
    ifElse(false, wave([2, 3]), ['Exp', 'Neg']),
    ifElse(true, wave([7]), ['Abs', 'ReduceMax']),
    ifElse(false, wave([7]), ['Abs', 'ReduceMax']),
    ifElse(true, tensorOf('int32', [3], [1, -2, 3]), ['Neg', 'Abs']),
    ifElse(false, tensorOf('bool', [2], [1, 0]), ['Identity', 'Not']),
    ifElse(true, wave([0, 3]), ['Sqrt', 'Identity']),
  ]),
  Loop: alsoIn(CHANGED, [
    loop('fed', 3, wave([2, 3]), node('Add', 'a x', 'b'), 'sums'),
    loop('constant', 1, wave([1]), node('Mul', 'a x', 'b'), 'products'),
    loop('fed', 5, wave([3, 3]), node('MatMul', 'a x', 'b'), 'powers'),
    loop('constant', 0, wave([4]), node('Neg', 'a', 'b'), 'nothing'),
    loop('fed', 4, tensorOf('int64', [2], [3, -5]), node('Add', 'a x', 'b'), 'sums'),
    loop('constant', 3, tensorOf('bool', [3], [1, 0, 1]), node('Xor', 'a x', 'b'), 'exclusive ors'),
    loop('fed', 2, wave([0, 2]), node('Abs', 'a', 'b'), 'no elements'),
    loop('constant', 7, wave([5]), node('Sin', 'a', 'b'), 'sines'),
  ]),
  Scan: alsoIn(CHANGED, [
    scan([3, 2], 'float32'),
    scan([1, 5], 'int32'),
    scan([4, 3], 'float32', { scan_input_directions: { ints: [1] } }),
    scan([4, 3], 'float32', { scan_output_directions: { ints: [1] } }),
    scan([2, 7], 'int32', { scan_input_axes: { ints: [-1] }, scan_output_axes: { ints: [-1] } }, 1),
    scan(
      [3, 3],
      'float32',
      {
        scan_input_axes: { ints: [1] },
        scan_input_directions: { ints: [1] },
        scan_output_axes: { ints: [1] },
        scan_output_directions: { ints: [1] },
      },
      1,
    ),
    scan([5, 1], 'float32', { scan_output_axes: { ints: [1] } }),
  ]),
};
