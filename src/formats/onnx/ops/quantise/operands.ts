/** Operands of the operators on integers: scales and zero points as the graph has them, and as numbers. */
import type { Requantised } from '../../../../ir/ops.ts';
import { extremesOf } from '../../../../core/extremes.ts';
import { tableOfReals, realsOfBytes, sameByteScale, type ByteScale } from '../../../../ir/quantise/bytes.ts';
import { at } from '../../../../util/arrays.ts';
import { UNKNOWN, type OnnxNode } from '../../node.ts';

type Byte = ByteScale['dtype'];

/** The type of an input's integers: 8 bits, signed or not. */
export function byteAt(n: OnnxNode, index: number): Byte {
  const dtype = n.facts(index).dtype ?? n.unknown(index, 'element type');
  return dtype === 'int8' || dtype === 'uint8' ? dtype : n.refuse(`integers of ${dtype} in input ${index}`);
}

/** The type of a result: that of its zero point at `index`, or where it is absent that of the operand at `like`. */
export function resultByte(n: OnnxNode, index: number, like: number): Byte {
  return byteAt(n, n.optional(index) === '' ? like : index);
}

/** A scale and the zero point after it; one that is absent is 0. */
export function affineInputs(n: OnnxNode, index: number, dtype: Byte): string[] {
  return [n.input(index), n.optional(index + 1) || n.scalar(dtype, 0)];
}

/** An operand, its scale and its zero point. */
export function quantisedInputs(n: OnnxNode, index: number): string[] {
  return [n.input(index), ...affineInputs(n, index + 1, byteAt(n, index))];
}

/** How ONNX rounds, and the type's whole range. */
export function requantisedTo(dtype: Byte): Requantised {
  return { rounding: 'float-even', range: extremesOf(dtype) };
}

/** The scale at `index` and the zero point after it, as numbers. Refuses those that a run computes. */
export function byteScale(n: OnnxNode, index: number, dtype: Byte): ByteScale {
  const scale = scalarAt(n, index);
  return { dtype, scale, zeroPoint: n.optional(index + 1) === '' ? 0 : scalarAt(n, index + 1) };
}

function scalarAt(n: OnnxNode, index: number): number {
  n.input(index);
  const { data } = n.constantInput(index) ?? n.refuse(`input ${index} ${UNKNOWN}`);
  return data.length === 1 ? at(data, 0) : n.refuse(`${data.length} numbers in input ${index}`);
}

/** Integers as those that a function makes of what they stand for. */
export function lookedUp(
  n: OnnxNode,
  x: string,
  { from, to }: { readonly from: ByteScale; readonly to: ByteScale },
  f: (reals: ArrayLike<number>) => ArrayLike<number> = (reals) => reals,
): string {
  return n.one('LookupTable', [x, n.constant(tableOfReals(to, f(realsOfBytes(from).data)), 'table')], {});
}

/** Integers brought to another scale; those that have it stay as they are. */
export function rescaled(n: OnnxNode, x: string, from: ByteScale, to: ByteScale): string {
  return sameByteScale(from, to) ? x : lookedUp(n, x, { from, to });
}
