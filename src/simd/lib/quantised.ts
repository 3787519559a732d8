/** What kernels on quantised operands share: known scales, and one rescaling for all elements. */
import type { Tensor, TensorDesc } from '../../core/tensor.ts';
import type { OpKind, Requantised } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { PackedOperand, SimdContext } from '../definition.ts';
import { bitsOf, INTEGER_COLUMNS, REQUANTISE_RULES, type Rescaling } from './requantise.ts';

/** Elements of a unit of kernels that go from one to the next. */
export const BYTES_TOGETHER = 512;
/** Memory that such a unit has, of four bytes an element. */
export const BYTES_SCRATCH = 4 * BYTES_TOGETHER;

/** Integers of 8 bits. */
export function isByte(desc: TensorDesc | undefined): desc is TensorDesc {
  return desc?.dtype === 'int8' || desc?.dtype === 'uint8';
}

/** 128 for bytes with a sign, which it makes positive ones: they count from the lowest then. */
export function flipOf({ dtype }: TensorDesc): number {
  return dtype === 'int8' ? 128 : 0;
}

/** The only elements of inputs; nothing where one is not known, or not a finite number, or a scale that is not positive. */
export function knownScalars<K extends OpKind>(
  { constant }: SimdContext<K>,
  inputs: readonly number[],
): number[] | undefined {
  const tensors = inputs.flatMap((input) => constant(input) ?? []);
  const fit = tensors.every(({ dtype, data }) => {
    const [value = NaN] = data;
    return data.length === 1 && (dtype === 'float32' ? value > 0 && value < Infinity : true);
  });
  return fit && tensors.length === inputs.length ? tensors.map(({ data }) => at(data, 0)) : undefined;
}

/** Tables of words, one behind the other. */
export function wordTables(source: Tensor, tables: readonly ArrayLike<number>[], key: string): PackedOperand {
  const words = tables.reduce((sum, { length }) => sum + length, 0);
  const write = (to: Uint8Array): void => {
    const all = new Int32Array(to.buffer, to.byteOffset, words);
    let at = 0;
    for (const table of tables) {
      all.set(table, at);
      at += table.length;
    }
  };
  return { kind: 'packed', source, key, bytes: words * Int32Array.BYTES_PER_ELEMENT, write };
}

/** The head of a panel whose columns are all rescaled alike, behind tables that `key` is for. */
export function uniformHead(
  source: Tensor,
  { rule, words }: Rescaling,
  tables: readonly ArrayLike<number>[] = [],
  key = '',
): PackedOperand {
  const head = [0, ...words(0)].flatMap((word) => Array.from({ length: INTEGER_COLUMNS }, () => word));
  return wordTables(source, [...tables, head], ['head', rule, ...words(0), key].join(' '));
}

/** Floats over a scale, which a zero point is added to before they are rounded. */
export function overScale(scale: number): Rescaling {
  return { rule: REQUANTISE_RULES.divided, words: () => [bitsOf(scale), 0, 0] };
}

/** The words of `Result` where all is added before rounding. */
export function offsetWords(
  { rule }: Rescaling,
  { range: [low, high] }: Pick<Requantised, 'range'>,
  offset: number,
): { readonly ints: readonly number[]; readonly floats: readonly number[] } {
  return { ints: [rule, 0, low, high], floats: [offset] };
}
