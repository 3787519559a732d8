/** BlazePose's landmarks (Bazarevsky et al., arXiv:2006.10204) of the region that holds one person. */
import { at } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { Head, HeadOutput, NamedValues } from './head.ts';

/** Points of the body, and behind them those that say where the person is. */
const BODY = 33;
const ALL = 39;

/** Numbers of a point: x, y, z, visibility, presence; of one in metres x, y, z. */
const NUMBERS = 5;
const PLACE = 3;

/**
 * `[1, 195]`, 39 points of x, y, z in pixels of the input, visibility and presence before the sigmoid; `[1, 1]`, whether there is a
 * person, in 0…1; and, where there are such, `[1, 117]`, the points in metres from the middle of the hips, and a mask
 * `[1, h, w, 1]` before the sigmoid.
 *
 * Its results are `points` `[33, 3]` in pixels, `visibility` and `presence` `[33]` in 0…1, `frame` `[2, 3]`: the middle of the hips,
 * and a point on the circle around the person; `score` `[1]`, and perhaps `world` `[33, 3]` and `mask` `[h, w]` in 0…1.
 */
export const POSE_LANDMARKS: Head = {
  name: 'pose-landmarks',
  reads: `landmarks [1, ${ALL * NUMBERS}] and whether there is a person [1, 1]`,
  fits: (outputs, { width, height }) => {
    const named = (shape: readonly number[]): HeadOutput | undefined =>
      outputs.find((output) => output.shape.join() === shape.join());
    const needed = [named([1, ALL * NUMBERS]), named([1, 1])];
    const further = [named([1, ALL * PLACE]), named([1, height, width, 1])];
    return needed.every((output) => output !== undefined)
      ? [...needed, ...further].filter((output) => output !== undefined)
      : undefined;
  },
  attach: (nodes, read) => ({ results: resultsOf(nodes, read), feeds: {} }),
};

function resultsOf(nodes: BoxNodes, read: readonly HeadOutput[]): NamedValues {
  const [landmarks, score, ...further] = read;
  const rows = nodes.reshaped(landmarks?.name ?? '', [ALL, NUMBERS]);
  const body = nodes.columns(rows, 0, BODY, 0);
  const frame = nodes.columns(rows, BODY, BODY + 2, 0);
  const chances = nodes.activated(nodes.columns(body, PLACE, NUMBERS), 'sigmoid');
  const results: Record<string, string> = {
    points: nodes.columns(body, 0, PLACE),
    visibility: nodes.entry(chances, 0),
    presence: nodes.entry(chances, 1),
    frame: nodes.columns(frame, 0, PLACE),
    score: nodes.reshaped(score?.name ?? '', [1]),
  };
  for (const { name, shape } of further) {
    if (shape.length === 2) results['world'] = nodes.columns(nodes.reshaped(name, [ALL, PLACE]), 0, BODY, 0);
    else results['mask'] = nodes.activated(nodes.reshaped(name, [at(shape, 1), at(shape, 2)]), 'sigmoid');
  }
  return results;
}
