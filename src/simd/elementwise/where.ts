/** Where as a call of a WASM kernel. */
import type { SimdCall, SimdContext } from '../definition.ts';
import { combine } from './combine.ts';

/** Words and bytes. */
export function where(context: SimdContext<'Where'>): readonly SimdCall[] | undefined {
  return combine(context, { how: 'where', a: 1, b: 2, c: 0 });
}
