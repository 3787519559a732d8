/** Weights of 3×3 at the points of Winograd's F(4×4, 3×3). */
import { at, ceilDiv, range } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';
import { PANEL, weightParts } from '../lib/weight-parts.ts';
import { panelsBytes } from '../product/packed-weights.ts';
import type { TapWeights } from './known-weights.ts';

/** Points of a tile. */
export const POINTS = 36;
/** Elements of a window. */
const WINDOW = 9;

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** For each point panels as products take them, which start from 0; then the bias, filled up to whole panels. */
export function pointPanels(
  { weights, start, scale }: TapWeights,
  [depth, columns]: readonly [depth: number, columns: number],
): PackedOperand {
  const point = panelsBytes({ depth, columns });
  const panel = panelsBytes({ depth, columns: 1 });
  const { staged, each } = weightParts({ weights, depth, columns }, range(WINDOW));
  const head = scale?.data.length ?? 0;
  return {
    kind: 'packed',
    source: weights,
    key: `winograd ${depth}x${columns}${tensorKey(start)}${tensorKey(scale)}`,
    bytes: POINTS * point + ceilDiv(columns, PANEL) * PANEL * FLOAT,
    staged: head + staged,
    write: ({ buffer, byteOffset }, staging) => {
      if (start) new Float32Array(buffer, byteOffset + POINTS * point, columns).set(start.data);
      const factors = scale && staging.put(scale.data, 0);
      each(staging, head, (part) => {
        const [from, second] = [at(part.addresses, 0), at(part.addresses, 1)];
        const scales = factors ? factors + part.column * FLOAT : 0;
        const to = byteOffset + part.panel * panel + (part.row + 1) * PANEL * FLOAT;
        const steps = [second - from, part.rowStep, part.step, panel, point];
        staging.call('winograd/weights', [from, scales, to, part.rows, part.columns, ...steps], [], part.panels);
      });
    },
  };
}
