/** MediaPipe's landmarks (Zhang et al., arXiv:2006.10214) of the region that holds one hand. */
import type { BoxNodes } from './box-nodes.ts';
import type { Head, HeadOutput, NamedValues } from './head.ts';

/** Points of a hand, and numbers of each. */
const POINTS = 21;
const PLACE = 3;

/**
 * `[1, 63]`, 21 points of x, y, z in pixels of the input; two of `[1, 1]` in 0…1: whether it is a hand, and which one; and, where
 * there is such, `[1, 63]` again in metres: in this order, by the numbers that their names end with where they have such.
 *
 * Its results are `points` `[21, 3]`, `score` `[1]`, `side` `[1]`, and perhaps `world` `[21, 3]`.
 */
export const HAND_LANDMARKS: Head = {
  name: 'hand-landmarks',
  reads: `landmarks [1, ${POINTS * PLACE}], whether it is a hand [1, 1] and which [1, 1]`,
  fits: (outputs) => {
    const ordered = outputs.toSorted((a, b) => numberOf(a) - numberOf(b));
    const shaped = (count: number): HeadOutput[] => ordered.filter(({ shape }) => shape.join() === `1,${count}`);
    const [[points, ...world], [score, side, ...more]] = [shaped(POINTS * PLACE), shaped(1)];
    if (!points || !score || !side || more.length > 0 || world.length > 1) return undefined;
    return [points, score, side, ...world];
  },
  attach: (nodes, read) => ({ results: resultsOf(nodes, read), feeds: {} }),
};

/** Of `Identity_2` or `Identity_2:0` the 2; names without one come first. */
function numberOf({ name }: HeadOutput): number {
  return Number(/_(\d+)(?::\d+)?$/.exec(name)?.[1] ?? 0);
}

function resultsOf(nodes: BoxNodes, [points, score, side, world]: readonly HeadOutput[]): NamedValues {
  const places = (output: HeadOutput): string => nodes.reshaped(output.name, [POINTS, PLACE]);
  const one = (output: HeadOutput | undefined): string => nodes.reshaped(output?.name ?? '', [1]);
  return {
    ...(points ? { points: places(points) } : {}),
    score: one(score),
    side: one(side),
    ...(world ? { world: places(world) } : {}),
  };
}
