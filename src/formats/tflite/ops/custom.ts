/** What translations of operators that files bring themselves have in common. */
import type { OperatorContext } from '../context.ts';
import { flexOptions, type FlexOptions } from '../flexbuffer.ts';

/** The options of such an operator, a FlexBuffer. Throws ImportError where they are damaged. */
export function customOptionsOf(c: OperatorContext): FlexOptions {
  try {
    return flexOptions(c.customOptions);
  } catch (error) {
    if (error instanceof RangeError) c.fail('has damaged options');
    throw error;
  }
}

/** Elements `from` … `to` along an axis, the last one left out. */
export function partAlong(c: OperatorContext, x: string, from: number, to: number, axis: number): string {
  return c.one('Slice', [x, c.ints([from]), c.ints([to]), c.ints([axis])], {});
}
