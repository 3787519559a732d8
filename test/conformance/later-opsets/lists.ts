/** SplitToSequence of opset 24, of which lists are joined again or an entry is taken. */
import type { DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { LaterCase, LaterCases } from './later.ts';

const ints = (shape: readonly number[], ...values: number[]): Tensor => tensorOf('int64', shape, values);
const joined = (axis: number): OnnxNode => node('ConcatFromSequence', 'list', 'y', { axis: { i: axis } });
const entry = node('SequenceAt', 'list which', 'y');

interface Form {
  readonly x: Tensor;
  readonly behind: OnnxNode;
  readonly sizes?: Tensor;
  readonly which?: number;
  readonly attributes?: OnnxNode['attributes'];
}

function list(name: string, { x, behind, sizes, which, attributes = {} }: Form): LaterCase {
  return {
    name,
    opset: 24,
    node: node('SplitToSequence', sizes ? 'x sizes' : 'x', 'list', attributes),
    behind: [behind],
    inputs: { x },
    constants: { ...(sizes ? { sizes } : {}), ...(which === undefined ? {} : { which: ints([], which) }) },
  };
}

const some = (dtype: DType, shape: readonly number[]): Tensor =>
  tensorOf(
    dtype,
    shape,
    Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => (dtype === 'bool' ? i % 2 : (i * 7) % 23)),
  );

export const LATER_LISTS: LaterCases = {
  SplitToSequence: [
    list('rows one by one', { x: wave([5, 3]), behind: entry, which: 3 }),
    list('rows one by one, without their axis', {
      x: wave([5, 3]),
      behind: entry,
      which: -1,
      attributes: { keepdims: { i: 0 } },
    }),
    list('parts of two, the last of one', {
      x: wave([2, 7]),
      behind: entry,
      which: 3,
      sizes: ints([], 2),
      attributes: { axis: { i: -1 } },
    }),
    list('parts that are told, joined', {
      x: wave([2, 7, 3]),
      behind: joined(-2),
      sizes: ints([3], 1, 2, 4),
      attributes: { axis: { i: 1 } },
    }),
    list('a part of no rows', { x: wave([4, 3]), behind: entry, which: 1, sizes: ints([3], 1, 0, 3) }),
    list('of int32', { x: some('int32', [5, 2]), behind: entry, which: 1, sizes: ints([2], 2, 3) }),
    list('of int64', { x: some('int64', [5, 2]), behind: entry, which: 0, sizes: ints([2], 2, 3) }),
    list('of bool', { x: some('bool', [5, 2]), behind: entry, which: 0, sizes: ints([2], 2, 3) }),
    list('of float16', { x: wave([3, 4], 'float16'), behind: joined(0) }),
  ],
};
