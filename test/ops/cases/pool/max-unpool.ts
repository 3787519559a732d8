/** Cases of MaxUnpool: one to three dimensions, extents given and not, indices that meet and indices that lie outside. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import { at, product, range } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

interface Given {
  readonly extents?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly indices?: readonly number[];
  readonly countIn?: OpAttributes['MaxUnpool']['countIn'];
  readonly dtype?: CaseInput['dtype'];
  readonly noOracle?: string;
}

function unpoolCase(shape: readonly number[], kernel: readonly number[], given: Given = {}): OpCase<'MaxUnpool'> {
  const dims = kernel.length;
  const strides = given.strides ?? kernel;
  const pads = given.pads ?? range(2 * dims).map(() => 0);
  const whole = kernel.map((k, i) => (at(shape, i + 1) - 1) * at(strides, i) + k - at(pads, i) - at(pads, i + dims));
  const counted = given.countIn === 'window' ? whole : (given.extents ?? whole);
  const all = at(shape, 0) * product(counted) * at(shape, shape.length - 1);
  // Steps that meet every so often, without order.
  const values = given.indices ?? range(product(shape)).map((i) => (i * 7 + Math.floor(i / 5)) % Math.max(1, all));
  const { extents, noOracle, dtype = 'float32', countIn = 'output' } = given;
  const words = [
    extents && `to ${extents.join('×')}`,
    given.pads && 'padded',
    given.indices && 'given',
    dtype,
    countIn,
  ];
  return {
    name: `[${shape.join(', ')}] ${kernel.join('×')} s${strides.join('×')} ${words.filter(Boolean).join(' ')}`,
    op: 'MaxUnpool',
    inputs: [
      { shape, dtype, low: -9, high: 9 },
      { dtype: 'int64', shape, values },
      ...(extents ? [{ dtype: 'int64', shape: [dims], values: extents, constant: true } as const] : []),
    ],
    attributes: { kernel, strides, pads, countIn },
    ...(noOracle === undefined ? {} : { noOracle }),
  };
}

const EXTENTS = 'what indices count in is not said in a file: see against-ort.test.ts';
const OUTSIDE = 'onnxruntime writes wherever an index says';

export const maxUnpoolCases: readonly OpCase<'MaxUnpool'>[] = [
  unpoolCase([1, 5, 3], [2]),
  unpoolCase([2, 3, 5, 4], [2, 2]),
  unpoolCase([1, 3, 1, 5], [3, 2], { strides: [1, 2] }),
  unpoolCase([2, 2, 3, 2, 3], [2, 2, 2]),
  unpoolCase([1, 3, 3, 8], [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  unpoolCase([1, 2, 2, 3], [2, 2], { extents: [5, 5], noOracle: EXTENTS }),
  unpoolCase([1, 2, 2, 1], [2, 2], {
    extents: [5, 5],
    countIn: 'window',
    indices: [5, 7, 13, 15],
    noOracle: EXTENTS,
  }),
  unpoolCase([1, 2, 2, 2], [2, 2], {
    extents: [3, 3],
    countIn: 'window',
    noOracle: EXTENTS,
  }),
  // Pads leave nothing that indices could count in: zeros.
  unpoolCase([1, 1, 2, 2], [2, 2], {
    extents: [2, 3],
    countIn: 'window',
    pads: [1, 0, 1, 0],
    indices: [0, 1, 2, 3],
    noOracle: EXTENTS,
  }),
  unpoolCase([1, 2, 2, 2], [2, 2], { indices: [-1, 3, 31, 32, 3, 3, -(2 ** 31), 2 ** 31 - 1], noOracle: OUTSIDE }),
  unpoolCase([1, 2, 3, 4], [2, 2], { dtype: 'int32', noOracle: 'onnxruntime has floats only' }),
  unpoolCase([2, 0, 3, 4], [2, 2], { extents: [2, 6], noOracle: 'onnxruntime has none without elements' }),
];
