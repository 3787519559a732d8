/** Weights of 8 bits as int16 without their zero points, in panels of eight columns, two steps of the depth side by side. */
import type { HostArray } from '../../core/dtype.ts';
import type { Tensor } from '../../core/tensor.ts';
import { at, ceilDiv, range } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from './identity.ts';
import { HEAD_WORDS, INTEGER_COLUMNS, type Rescaling } from './requantise.ts';

/** A matrix `[depth, columns]`, or transposed, whose columns belong to groups, and what its sums begin with. */
export interface IntegerMatrix {
  readonly source: Tensor;
  readonly depth: number;
  readonly columns: number;
  readonly group: number;
  readonly transposed?: boolean;
  /** One, or one for each column. */
  readonly zeroPoints: Tensor | undefined;
  readonly bias: Tensor | undefined;
  readonly rescaling: Rescaling;
  /** What the multipliers are made of. */
  readonly scales: string;
}

/** Panels of each group; the last of it, and an odd depth, are filled up with zeros. */
export function int16Panels(matrix: IntegerMatrix): PackedOperand {
  const { source, depth, columns, group, transposed, zeroPoints, bias, scales } = matrix;
  const panels = group * ceilDiv(columns / group, INTEGER_COLUMNS);
  const bytes = panels * panelWords(depth) * Int32Array.BYTES_PER_ELEMENT;
  const write = (to: Uint8Array): void => {
    const words = new Int32Array(to.buffer, to.byteOffset, panels * panelWords(depth));
    writeHeads(words, matrix);
    writeColumns(new Int16Array(to.buffer, to.byteOffset, 2 * words.length), matrix);
  };
  const key = [
    'int16',
    depth,
    columns,
    group,
    transposed ?? false,
    tensorKey(zeroPoints),
    tensorKey(bias),
    scales,
  ].join(' ');
  return { kind: 'packed', source, key, bytes, write };
}

/** Words of a panel. */
export function panelWords(depth: number): number {
  return HEAD_WORDS + ceilDiv(depth, 2) * INTEGER_COLUMNS;
}

/** The word of its panel's head that belongs to a column. */
function headOf({ depth, columns, group }: IntegerMatrix, column: number): number {
  const width = columns / group;
  const within = column % width;
  const panel = Math.floor(column / width) * ceilDiv(width, INTEGER_COLUMNS) + Math.floor(within / INTEGER_COLUMNS);
  return panel * panelWords(depth) + (within % INTEGER_COLUMNS);
}

function writeHeads(words: Int32Array, matrix: IntegerMatrix): void {
  for (let column = 0; column < matrix.columns; column++) {
    const head = headOf(matrix, column);
    const [multiplier, left, right] = matrix.rescaling.words(column);
    [matrix.bias?.data[column] ?? 0, multiplier, left, right].forEach((word, i) => {
      words[head + i * INTEGER_COLUMNS] = word;
    });
  }
}

function writeColumns(halves: Int16Array, matrix: IntegerMatrix): void {
  const { depth, columns, transposed, source, zeroPoints } = matrix;
  const { data }: { readonly data: HostArray } = source;
  const [alongDepth, alongColumns] = transposed ? [1, depth] : [columns, 1];
  const heads = Int32Array.from(range(columns), (column) => {
    const head = headOf(matrix, column);
    return 2 * (head + HEAD_WORDS);
  });
  const zeros = zeroPoints?.data ?? [0];
  const zeroOf = Int16Array.from(range(columns), (column) => at(zeros, zeros.length === 1 ? 0 : column));
  for (let k = 0; k < depth; k++) {
    const step = (k >> 1) * 2 * INTEGER_COLUMNS + (k & 1);
    for (let column = 0, from = k * alongDepth; column < columns; column++, from += alongColumns) {
      halves[(heads[column] ?? 0) + step] = (data[from] ?? 0) - (zeroOf[column] ?? 0);
    }
  }
}
