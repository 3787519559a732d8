/** Functions of kinds of Binary that few graphs have: angles, and shifts of bits. */
import { angleFunction } from '../../../shaders/lib/angle.ts';
import type { Scalar } from '../../../shaders/lib/numbers.ts';
import { shiftFunction } from '../../../shaders/lib/shift.ts';
import type { BinaryKind } from '../../ir/ops.ts';

/** Declares what the expression of such a kind calls, for scalars or vectors of the type it computes in. */
export function binaryFunction(kind: BinaryKind, type: Scalar, width: 1 | 4): string {
  return kind === 'atan2' ? angleFunction(width) : shiftFunction(kind === 'bitShiftLeft' ? '<<' : '>>', type, width);
}
