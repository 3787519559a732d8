/**
 * Constants of element types that the engine does not hold: floats of 8 and 4 bits, integers of 4 and 2 bits. Each value fits
 * a type that it does hold, so that a Cast makes the same of it; arithmetic would not wrap or round as the file means, and is
 * refused.
 */
import { hostArray, type DType, type HostArray } from '../../core/dtype.ts';
import type { Unsupported } from '../../core/errors.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import { product } from '../../util/arrays.ts';
import { otherUses } from './constant-uses.ts';
import type { GraphProto, NodeProto } from './proto.ts';
import type { TensorProto } from './tensor-proto.ts';
import { badTensor, dataTypeName, isHeld } from './tensor.ts';

/** How the values of one type lie in a file, and what holds them. */
interface OddType {
  readonly bits: number;
  readonly holds: DType;
  /** The value of a bit pattern. */
  readonly value: (pattern: number) => number;
}

const signed =
  (bits: number) =>
  (pattern: number): number =>
    pattern >= 2 ** (bits - 1) ? pattern - 2 ** bits : pattern;

/** A small float without a float64 of its own: sign, exponent and fraction; `special` says what the highest codes are. */
function float(
  exponentBits: number,
  fractionBits: number,
  bias: number,
  special: 'ieee' | 'nan' | 'unsigned zero' | 'none',
) {
  const [exponents, fractions] = [2 ** exponentBits, 2 ** fractionBits];
  return (pattern: number): number => {
    const magnitude = pattern % (exponents * fractions);
    const sign = pattern === magnitude ? 1 : -1;
    if (special === 'unsigned zero' && magnitude === 0 && sign < 0) return NaN;
    if (special === 'nan' && magnitude === exponents * fractions - 1) return NaN;
    const [exponent, fraction] = [Math.floor(magnitude / fractions), (magnitude % fractions) / fractions];
    if (special === 'ieee' && exponent === exponents - 1) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
  };
}

const itself = (pattern: number): number => pattern;

/** By TensorProto.DataType. */
const ODD: Readonly<Record<number, OddType>> = {
  17: { bits: 8, holds: 'float32', value: float(4, 3, 7, 'nan') }, // float8e4m3fn
  18: { bits: 8, holds: 'float32', value: float(4, 3, 8, 'unsigned zero') }, // float8e4m3fnuz
  19: { bits: 8, holds: 'float32', value: float(5, 2, 15, 'ieee') }, // float8e5m2
  20: { bits: 8, holds: 'float32', value: float(5, 2, 16, 'unsigned zero') }, // float8e5m2fnuz
  21: { bits: 4, holds: 'uint8', value: itself },
  22: { bits: 4, holds: 'int8', value: signed(4) },
  23: { bits: 4, holds: 'float32', value: float(2, 1, 1, 'none') }, // float4e2m1
  25: { bits: 2, holds: 'uint8', value: itself },
  26: { bits: 2, holds: 'int8', value: signed(2) },
};

/**
 * A constant of such a type as one that the engine holds; undefined where it has none, as of strings. Throws
 * ImportError when the data does not fit the declared shape.
 */
function held(t: TensorProto, file: string): Tensor | undefined {
  const type = ODD[t.dataType];
  if (!type) return undefined;
  const { bits, holds } = type;
  const count = countOf(t, file, (n) => (t.raw ? Math.ceil((n * bits) / 8) : packedLength(n, bits)));
  const [values, data] = [valuesOf(type), hostArray(holds, count)];
  for (let i = 0; i < count; i++) data[i] = values[patternAt(t, i, bits)] ?? 0;
  return { dtype: holds, shape: t.dims, data };
}

/** The value of every bit pattern: a look-up for each element is much faster than powers of two. */
const tables = new Map<OddType, HostArray>();

function valuesOf(type: OddType): HostArray {
  const values = tables.get(type) ?? hostArray(type.holds, 2 ** type.bits).map((_, pattern) => type.value(pattern));
  tables.set(type, values);
  return values;
}

/** Entries of `int32_data`: types under a byte share one, as they do in raw data. */
function packedLength(count: number, bits: number): number {
  return bits < 8 ? Math.ceil((count * bits) / 8) : count;
}

function patternAt({ raw, int32Data }: TensorProto, i: number, bits: number): number {
  if (bits < 8) {
    const byte = (raw ?? int32Data)[Math.floor((i * bits) / 8)] ?? 0;
    return ((byte & 0xff) >> ((i * bits) % 8)) % 2 ** bits;
  }
  return ((raw ?? int32Data)[i] ?? 0) & 0xff;
}

/** How many elements the shape declares. Throws ImportError unless the file holds as many. */
function countOf(t: TensorProto, file: string, lengthOf: (count: number) => number): number {
  if (t.external) throw badTensor(t, 'keeps its data in another file, which was not read', file);
  if (t.dims.some((d) => !Number.isSafeInteger(d) || d < 0)) throw badTensor(t, 'has an invalid shape', file);
  const [expected, found] = [lengthOf(product(t.dims)), (t.raw ?? t.int32Data).length];
  if (expected !== found) throw badTensor(t, `takes ${expected} elements or bytes, the file holds ${found}`, file);
  return elementCount(t.dims);
}

/** Operators to which only the value, or not even that, matters. */
const TAKES = new Set(
  'Cast CastLike DequantizeLinear Shape Size Equal Less LessOrEqual Greater GreaterOrEqual'.split(' '),
);

function onlyValued({ op, inputs }: NodeProto, value: string): boolean {
  return TAKES.has(op) && (op !== 'CastLike' || inputs[1] !== value);
}

function staysInRange(op: string): boolean {
  return op === 'Min' || op === 'Max';
}

/** Constants of odd types, and the initializers and nodes that remain. */
export interface OddConstants extends Pick<GraphProto, 'initializers' | 'nodes'> {
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly unsupported: readonly Unsupported[];
}

/**
 * Reads the constants of odd types among initializers and Constant nodes, which are dropped. Unsupported is what has no value
 * that the engine holds, and every use that is no cast, comparison, or movement to one, of the graph's outputs too.
 */
export function readOddConstants(
  { nodes, initializers, outputs }: Pick<GraphProto, 'nodes' | 'initializers' | 'outputs'>,
  file: string,
): OddConstants {
  const tensors = [...initializers, ...nodes.flatMap(constantOf)].filter((t) => !isHeld(t));
  const constants = new Map<string, Tensor>();
  const unsupported: Unsupported[] = [];
  const types = new Map<string, string>();
  for (const t of tensors) {
    const value = t.sparse ? undefined : held(t, file);
    const type = t.sparse ? 'sparse tensor' : dataTypeName(t.dataType);
    if (value) constants.set(t.name, value);
    else unsupported.push({ node: t.name, op: 'constant', what: type });
    if (value) types.set(t.name, type);
  }
  const rest = nodes.filter((node) => constantOf(node).every(isHeld));
  const refused = otherUses({ nodes: rest, outputs }, types, onlyValued, staysInRange);
  return {
    constants,
    initializers: initializers.filter(isHeld),
    nodes: rest,
    unsupported: [...unsupported, ...refused],
  };
}

/** The tensor of a Constant node, under the name of its output. */
function constantOf({ op, outputs: [name = ''], attributes }: NodeProto): TensorProto[] {
  return op === 'Constant' ? attributes.flatMap(({ t }) => (t ? [{ ...t, name }] : [])) : [];
}
