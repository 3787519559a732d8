/** The call of `combine`: functions of one element of each operand, broadcast. */
import { broadcastStrides } from '../../core/broadcast.ts';
import { isFloat, wgslScalar, type DType } from '../../core/dtype.ts';
import { collapse, stridedDims, type StridedDim } from '../../core/strided.ts';
import { elementCount } from '../../core/tensor.ts';
import type { Activation, OpKind } from '../../ir/ops.ts';
import { at, ceilDiv, range } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext, type SimdOperand } from '../definition.ts';
import { activationKind } from '../lib/activation.ts';
import { combinationNumber, type Combination } from './functions.ts';

/** Elements of a unit, about. */
const CHUNK = 16384;

/** Dimensions of a walk. */
const RANK = 4;

/** How bytes are read (assembly/elementwise.ts): without sign, with, or as all bits where one is true. */
const BYTES: { readonly [D in DType]?: number } = { bool: 1, uint8: 1, int8: 2 };
const TRUTH = 3;

/** What is computed of a node's inputs, given by their positions. */
export interface Combined {
  readonly how: Combination;
  readonly a: number;
  readonly b?: number;
  /** A bool that chooses. */
  readonly c?: number;
  /** The function gives all bits or none. */
  readonly isTruth?: boolean;
  /** Both operands are bools. */
  readonly ofTruths?: boolean;
  readonly activation?: Activation;
}

/** The calls; nothing for types of 16 bits, and for operands that have no four dimensions in common. */
export function combine<K extends OpKind>(
  context: SimdContext<K>,
  { how, a, b = a, c, isTruth = false, ofTruths = false, activation }: Combined,
): readonly SimdCall[] | undefined {
  const y = at(context.outputs, 0);
  const places = c === undefined ? [a, b] : [a, b, c];
  const descs = places.flatMap((place) => context.inputs[place] ?? []);
  if (descs.length < places.length || [...descs, y].some(({ dtype }) => !isRead(dtype))) return undefined;
  if (activation && activation.kind !== 'none' && !isFloat(y.dtype)) return undefined;
  const strides = descs.map(({ shape }) => broadcastStrides(shape, y.shape));
  const walk = fourDimensions(collapse(stridedDims(y.shape, ...strides)));
  if (!walk) return undefined;
  const [planes = 1, lines = 1, rows = 1, columns = 1] = walk.map(({ extent }) => extent);
  const block = Math.max(1, Math.floor(CHUNK / columns));
  const type = (place: number): number =>
    ofTruths ? TRUTH : (BYTES[at(context.inputs, place)?.dtype ?? 'float32'] ?? 0);
  const kind = activation ? activationKind(activation) : 0;
  const absent: SimdOperand = { kind: 'absent' };
  return [
    {
      kernel: 'elementwise/combine',
      operands: [
        inputOperand(context, a),
        inputOperand(context, b),
        c === undefined ? absent : inputOperand(context, c),
        outputOperand(context),
      ],
      ints: [
        combinationNumber(how),
        type(a),
        type(b),
        isTruth ? 1 : BYTES[y.dtype] ? 255 : 0,
        kind,
        lines,
        rows,
        columns,
        elementCount(y.shape) - (planes * lines * rows - 1) * columns,
        block,
        ...range(3).flatMap((k) => walk.map((dim) => dim.strides[k] ?? 0)),
      ],
      floats: [activation?.alpha ?? 0, activation?.beta ?? 0],
      activates: kind > 0,
      units: planes * lines * ceilDiv(rows, block),
    },
  ];
}

function isRead(dtype: DType): boolean {
  return dtype !== 'int16' && dtype !== 'uint16';
}

/** A walk of so many dimensions; nothing where there are more. One alone becomes rows, for there is something to share then. */
function fourDimensions(dims: readonly StridedDim[]): readonly StridedDim[] | undefined {
  const [{ extent, strides } = { extent: 1, strides: [] }] = dims;
  if (dims.length === 1 && extent > CHUNK) {
    const rows = { extent: ceilDiv(extent, CHUNK), strides: strides.map((step) => step * CHUNK) };
    return fourDimensions([rows, { extent: CHUNK, strides }]);
  }
  if (dims.length > RANK) return undefined;
  return [...range(RANK - dims.length).map(() => ({ extent: 1, strides: [] })), ...dims];
}

/** The function of integers of this type. */
export function ofIntegers(dtype: DType, name: string): string {
  const isUnsigned = wgslScalar(dtype) === 'u32' && /^(min|max|less)/.test(name);
  return name.startsWith('bit') || isFloat(dtype)
    ? name
    : `${isUnsigned ? 'uint' : 'int'}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
