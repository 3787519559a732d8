/** Weights of windows in panels of eight columns, group by group, as the kernel `conv` takes them. */
import { isFloat } from '../../core/dtype.ts';
import type { Tensor } from '../../core/tensor.ts';
import { ceilDiv } from '../../util/arrays.ts';
import type { PackedOperand, SimdContext } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';
import { PANEL } from '../product/packed-weights.ts';

/** Weights `[…K, depth, group·columns]`, and what belongs to a column. */
export interface TapWeights {
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
  /** Factors of columns: of weights that are integers. */
  readonly scale?: Tensor | undefined;
}

/** Operands that are known while the plan is made; nothing where one is not, or x is no float. */
export function knownWeights({
  inputs,
  constant,
}: Pick<SimdContext<'Conv' | 'ConvTranspose'>, 'inputs' | 'constant'>): TapWeights | undefined {
  const [x, w] = inputs;
  const [weights, bias, scale] = [constant(1), constant(2), constant(5)];
  if (!x || !w || !weights || !isFloat(x.dtype) || (inputs[2] && !bias)) return undefined;
  return (inputs[5] ? scale : isFloat(w.dtype)) ? { weights, bias, scale } : undefined;
}

/** Extents of a group, and which elements of the window there are, in this order. */
export interface TapExtents {
  readonly taps: readonly number[];
  readonly depth: number;
  readonly columns: number;
  readonly group: number;
}

/** By group panels of 8 floats of the bias (zeros without) and 8 of each row, zeros past the group's last column. */
export function tapPanels(weights: TapWeights, extents: TapExtents): PackedOperand {
  const { taps, depth, columns, group } = extents;
  const count = group * ceilDiv(columns, PANEL) * PANEL * (taps.length * depth + 1);
  return {
    kind: 'packed',
    source: weights.weights,
    key: `taps ${taps.join()} ${depth}x${columns}x${group}${tensorKey(weights.bias)}${tensorKey(weights.scale)}`,
    bytes: count * Float32Array.BYTES_PER_ELEMENT,
    write: (to) => writePanels(new Float32Array(to.buffer, to.byteOffset, count), weights, extents),
  };
}

function writePanels(to: Float32Array, { weights, bias, scale }: TapWeights, extents: TapExtents): void {
  const { taps, depth, columns, group } = extents;
  const { data } = weights;
  const pitch = group * columns;
  const factors = scale?.data ?? new Float32Array(pitch).fill(1);
  let place = 0;
  for (let column = 0; column < pitch; column += columns) {
    for (let first = column; first < column + columns; first += PANEL) {
      const end = Math.min(first + PANEL, column + columns);
      if (bias) to.set(bias.data.subarray(first, end), place);
      place += PANEL;
      for (const tap of taps) {
        for (let from = tap * depth * pitch; from < (tap + 1) * depth * pitch; from += pitch, place += PANEL) {
          // Millions of elements: a plain loop.
          for (let m = first; m < end; m++) to[place + m - first] = (data[from + m] ?? 0) * (factors[m] ?? 1);
        }
      }
    }
  }
}
