/** Functions of one element of each operand: the attributes of each operator, inputs → outputs in the comment above it. */
import type { DType } from '../../core/dtype.ts';
import type { Activation, NoAttributes } from './attributes.ts';

/** Elementwise functions that are not activations. */
export type UnaryKind =
  | 'abs'
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'rsqrt'
  | 'reciprocal'
  | 'square'
  | 'sign'
  | 'floor'
  | 'ceil'
  | 'round' // round: half to even
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'sinh'
  | 'cosh'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'erf'
  | 'not'
  | 'isNaN';

/** Elementwise functions of two operands with NumPy broadcasting. Comparisons and logic give bool. */
export type BinaryKind =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div' // div on integers truncates toward zero
  | 'floorDiv'
  | 'floorMod'
  | 'atan2' // the angle of the point (b, a); floats only
  | 'truncMod'
  | 'pow'
  | 'min'
  | 'max'
  | 'squaredDifference'
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessOrEqual'
  | 'greater'
  | 'greaterOrEqual'
  | 'and'
  | 'or'
  | 'xor'
  | 'bitAnd' // of integers, as are the two that follow
  | 'bitOr'
  | 'bitXor'
  | 'bitShiftLeft' // of unsigned integers, as is the other: zeros move in, and all is 0 from the width of the type on
  | 'bitShiftRight';

/** Operators of this family. */
export interface ElementwiseOps {
  /** x → y */
  readonly Activation: { readonly activation: Activation };
  /** x, slope (broadcast to x) → y = x < 0 ? slope·x : x */
  readonly PRelu: NoAttributes;
  /** x → y */
  readonly Unary: { readonly kind: UnaryKind };
  /** a, b → y = activation(a ∘ b), broadcast */
  readonly Binary: { readonly kind: BinaryKind; readonly activation: Activation };
  /** condition (bool), a, b → y, broadcast */
  readonly Where: NoAttributes;
  /** x → y; float to integer truncates toward zero, anything to bool is `!= 0` */
  readonly Cast: { readonly to: DType };
}
