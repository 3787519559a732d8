/** Binary as a call of a WASM kernel. */
import { isFloat } from '../../core/dtype.ts';
import { elementCount } from '../../core/tensor.ts';
import type { BinaryKind } from '../../ir/ops.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { combine, ofIntegers } from './combine.ts';
import { combinationOf } from './functions.ts';

/** The same with operands the other way round. */
const TURNED: { readonly [K in BinaryKind]?: BinaryKind } = { greater: 'less', greaterOrEqual: 'lessOrEqual' };

const LOGIC: { readonly [K in BinaryKind]?: BinaryKind } = { and: 'bitAnd', or: 'bitOr', xor: 'bitXor' };

/** Arithmetic without quotients of integers, remainders, shifts, angles, and of powers only squares; comparisons and logic. */
export function binary(context: SimdContext<'Binary'>): readonly SimdCall[] | undefined {
  const { node, inputs } = context;
  const { kind, activation } = node.attributes;
  const dtype = inputs[0]?.dtype ?? 'float32';
  if (kind === 'pow') {
    const exponent = context.constant(1);
    const isSquare = exponent && elementCount(exponent.shape) === 1 && exponent.data[0] === 2 && isFloat(dtype);
    return isSquare ? combine(context, { how: 'mul', a: 0, activation }) : undefined;
  }
  const name = LOGIC[kind] ?? TURNED[kind] ?? kind;
  const how = combinationOf(isFloat(dtype) ? name : ofIntegers(dtype, name));
  if (!how) return undefined;
  const [a, b] = TURNED[kind] ? [1, 0] : [0, 1];
  const isTruth = context.outputs[0]?.dtype === 'bool';
  return combine(context, { how, a, b, isTruth, ofTruths: LOGIC[kind] !== undefined, activation });
}
