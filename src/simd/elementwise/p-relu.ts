/** PRelu as a call of a WASM kernel. */
import { isFloat } from '../../core/dtype.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { combine } from './combine.ts';

/** Floats only. */
export function pRelu(context: SimdContext<'PRelu'>): readonly SimdCall[] | undefined {
  return isFloat(context.inputs[0]?.dtype ?? 'bool') ? combine(context, { how: 'pRelu', a: 0, b: 1 }) : undefined;
}
