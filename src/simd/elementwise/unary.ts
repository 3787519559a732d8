/** Unary as a call of a WASM kernel. */
import { isFloat } from '../../core/dtype.ts';
import type { UnaryKind } from '../../ir/ops.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { ERF, EXP } from '../lib/activation.ts';
import { activateCalls } from './activation.ts';
import { combine } from './combine.ts';
import { combinationOf } from './functions.ts';

/** What takes an exponential, as activations do. */
const CURVES: { readonly [K in UnaryKind]?: number } = { exp: EXP, erf: ERF };

/** Of floats all but those of angles; of integers squares, and negation of bools. */
export function unary(context: SimdContext<'Unary'>): readonly SimdCall[] | undefined {
  const { kind } = context.node.attributes;
  const floats = isFloat(context.inputs[0]?.dtype ?? 'float32');
  if (kind === 'square') return combine(context, { how: floats ? 'mul' : 'intMul', a: 0 });
  // Only NaN is not itself.
  if (kind === 'isNaN') return combine(context, { how: 'notEqual', a: 0, isTruth: true });
  if (kind === 'not') return combine(context, { how: 'not', a: 0, isTruth: true });
  const curve = CURVES[kind];
  if (curve !== undefined) return activateCalls(context, curve, [0, 0]);
  const how = floats ? combinationOf(kind) : undefined;
  return how && combine(context, { how, a: 0 });
}
