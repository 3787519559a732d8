/** Weights in panels of eight columns, as tiles of products take them. */
import type { Tensor } from '../../core/tensor.ts';
import { ceilDiv } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';

/** Columns of a panel. */
export const PANEL = 8;

/**
 * A matrix `[depth, columns]`: panels, each with 8 floats of `bias` (zeros without) and 8 of each row, zeros past the last
 * column.
 */
export function panels(
  source: Tensor,
  bias: Tensor | undefined,
  [depth, columns]: readonly [number, number],
): PackedOperand {
  const bytes = ceilDiv(columns, PANEL) * PANEL * (depth + 1) * Float32Array.BYTES_PER_ELEMENT;
  const write = (to: Uint8Array): void => {
    const floats = new Float32Array(to.buffer, to.byteOffset, to.byteLength / Float32Array.BYTES_PER_ELEMENT);
    const { data } = source;
    let at = 0;
    for (let first = 0; first < columns; first += PANEL) {
      const count = Math.min(PANEL, columns - first);
      if (bias) floats.set(bias.data.subarray(first, first + count), at);
      at += PANEL;
      for (let k = 0; k < depth; k++, at += PANEL) {
        floats.set(data.subarray(k * columns + first, k * columns + first + count), at);
      }
    }
  };
  return { kind: 'packed', source, key: `panels ${depth}x${columns}${tensorKey(bias)}`, bytes, write };
}
