/** Weights of windows in panels of eight columns, group by group, as the kernel `conv` takes them. */
import type { Tensor } from '../../core/tensor.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';
import { PANEL } from '../product/packed-weights.ts';

/** Weights `[…K, depth, group·columns]`, and what belongs to a column. */
export interface TapWeights {
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
  /** Factors of columns: of weights that are integers. */
  readonly scale?: Tensor | undefined;
}

/** Extents of a group, and which elements of the window there are, in this order. */
export interface TapExtents {
  readonly taps: readonly number[];
  readonly depth: number;
  readonly columns: number;
  readonly group: number;
}

/** By group panels of 8 floats of the bias (zeros without) and 8 of each row, zeros past the group's last column. */
export function tapPanels({ weights, bias, scale }: TapWeights, extents: TapExtents): PackedOperand {
  const { taps, depth, columns, group } = extents;
  const panel = (taps.length * depth + 1) * PANEL;
  const perGroup = ceilDiv(columns, PANEL) * panel;
  const write = (to: Uint8Array): void => {
    const floats = new Float32Array(to.buffer, to.byteOffset, group * perGroup);
    const put = (row: ArrayLike<number>, from: number, place: number, factors?: ArrayLike<number>): void => {
      for (let g = 0, m = 0; g < group; g++) {
        for (let c = 0; c < columns; c++, m++) {
          const value = at(row, from + m) * (factors?.[m] ?? 1);
          floats[g * perGroup + Math.floor(c / PANEL) * panel + (c % PANEL) + place] = value;
        }
      }
    };
    if (bias) put(bias.data, 0, 0);
    taps.forEach((tap, t) => {
      for (let d = 0; d < depth; d++) {
        put(weights.data, (tap * depth + d) * group * columns, (t * depth + d + 1) * PANEL, scale?.data);
      }
    });
  };
  const key = `taps ${taps.join()} ${depth}x${columns}x${group}${tensorKey(bias)}${tensorKey(scale)}`;
  return { kind: 'packed', source: weights, key, bytes: group * perGroup * Float32Array.BYTES_PER_ELEMENT, write };
}
