/** Heat maps of key points: HRNet (Sun et al., arXiv:1902.09212) and SimpleBaseline (Xiao et al., arXiv:1804.06208). */
import { tensorOf } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { addHeatMapPeaks } from './heat-map-peaks.ts';

/** Points of the sets of key points of people that networks are trained on: LSP and CrowdPose, MPII, COCO, Halpe, COCO-WholeBody. */
const USUAL_POINTS: readonly number[] = [14, 16, 17, 26, 133];

/**
 * `[1, K, h, w]` or `[1, h, w, K]`, several times smaller than the picture. Its results are `points` `[1, K, 2]`, x and y in pixels
 * of the input, and `pointScores` `[1, K]`, the maps' values there.
 */
export const HEAT_MAPS: Head = {
  name: 'heat-maps',
  reads: `one map a key point, [1, K, h, w] or [1, h, w, K], smaller than the picture by a whole number, K of ${USUAL_POINTS.join(', ')} unless it is named`,
  fits: (outputs, input) => {
    const found = outputs.find((output) => arrangement(output, input) !== undefined);
    return found && [found];
  },
  attach: (nodes, read, input) => {
    const { name, shape } = at(read, 0);
    const { builder: b } = nodes;
    const [points, height, width, stride] = arrangement(at(read, 0), input) ?? [0, 0, 0, 0];
    const isFirst = shape[1] === points && shape[2] === height;
    const maps = isFirst ? name : b.one('Transpose', [name], { perm: [0, 3, 1, 2] });
    const peaks = addHeatMapPeaks(b, maps, [1, points, height, width]);
    const pixels = b.constant('pixels', tensorOf('float32', [], [stride]));
    return {
      results: { points: nodes.binary('mul', peaks.points, pixels), pointScores: peaks.scores },
      feeds: {},
    };
  },
};

type Arrangement = readonly [points: number, height: number, width: number, stride: number];

/** How the maps lie, and how many pixels a cell is wide; undefined for what are no maps of key points. */
function arrangement({ shape }: HeadOutput, input: HeadInput): Arrangement | undefined {
  const [batch, a = 0, b = 0, c = 0] = shape;
  if (shape.length !== 4 || batch !== 1) return undefined;
  const ways = [
    [a, b, c],
    [c, a, b],
  ] as const;
  return ways
    .map(([points, height, width]): Arrangement => [points, height, width, input.width / width])
    .find(([points, height, , stride]) => {
      const usual = input.named ? points > 0 : USUAL_POINTS.includes(points);
      return usual && stride > 1 && Number.isInteger(stride) && height * stride === input.height;
    });
}
