/** The head of MediaPipe's attention mesh, which looks again at lips and eyes, and sees irises (Grishchenko et al., arXiv:2006.10962). */
import { range } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import { isVector, MESH_POINTS } from './face-mesh.ts';
import type { Head, HeadOutput } from './head.ts';

/** Which points of the mesh are seen again, in the order of the output: the lips, lower and upper lines from outside to inside. */
const LIPS = [
  61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78, 95, 88, 178, 87, 14,
  317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306,
  184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268,
  271, 272, 407,
];

/** Each eye, and what lies around it up to the brow; the left one is left in the picture. The first are its own contour. */
const EYES = [
  [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24, 23, 22, 26, 112, 243,
    247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189, 35,
    124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193,
  ],
  [
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339, 254, 253, 252, 256,
    341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442,
    441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336,
    285, 417,
  ],
] as const;

/** Points of an eye's contour, whose mean depth is the iris's; and points of an iris. */
const CONTOUR = 16;
const IRIS_POINTS = 5;

/** Numbers in each output: the mesh's x, y, z, then x, y of what is seen again, and whether it is a face. */
const COUNTS = [
  MESH_POINTS * 3,
  LIPS.length * 2,
  ...EYES.map((eye) => eye.length * 2),
  IRIS_POINTS * 2,
  IRIS_POINTS * 2,
  1,
];

/** The results `points` `[478, 3]`, the irises last, left and right, and `score` `[1]`. */
export const ATTENTION_MESH: Head = {
  name: 'attention-mesh',
  reads:
    `${MESH_POINTS} landmarks of x, y, z, then x, y of lips (${LIPS.length}), each eye (${EYES[0].length}) and each iris ` +
    `(${IRIS_POINTS}), left before right, and one number, whether it is a face, before the sigmoid`,
  fits: (outputs) => {
    const read = COUNTS.map((count, i) => {
      const alike = outputs.filter((output) => isVector(output, count));
      // Of two that are alike the left one is first.
      return alike[COUNTS.indexOf(count) === i ? 0 : 1];
    });
    const found = read.filter((output) => output !== undefined);
    return found.length === COUNTS.length ? found : undefined;
  },
  preprocessing: { std: [255, 255, 255] },
  attach: (nodes, read) => {
    const [mesh = '', ...again] = read.slice(0, -1).map((output, i) => rowsOf(nodes, output, i === 0 ? 3 : 2));
    const flag = nodes.reshaped(read.at(-1)?.name ?? '', [1]);
    const depth = nodes.columns(mesh, 2, 3);
    const places = nodes.joined([nodes.columns(mesh, 0, 2), ...again.slice(0, 3)], 0);
    const refined = nodes.joined([nodes.picked(places, nodes.builder.ints('refined', refinedPlaces())), depth], 1);
    const irises = again.slice(3).map((iris, side) => nodes.joined([iris, depthOf(nodes, depth, side)], 1));
    const score = nodes.activated(flag, 'sigmoid');
    return { results: { points: nodes.joined([refined, ...irises], 0), score }, feeds: {} };
  },
};

function rowsOf(nodes: BoxNodes, { name }: HeadOutput, numbers: number): string {
  return nodes.reshaped(name, [-1, numbers]);
}

/** Where the best place of each point stands among those of the mesh, the lips and the eyes. */
function refinedPlaces(): number[] {
  const best = range(MESH_POINTS);
  [...LIPS, ...EYES.flat()].forEach((point, i) => (best[point] = MESH_POINTS + i));
  return best;
}

/** The mean depth of an eye's contour, once for each point of its iris, `[5, 1]`. */
function depthOf(nodes: BoxNodes, depth: string, side: number): string {
  const { builder: b } = nodes;
  const contour = nodes.picked(depth, b.ints('contour', EYES[side]?.slice(0, CONTOUR) ?? []));
  const mean = b.one('Reduce', [contour], { kind: 'mean', axes: [0], keepDims: true });
  return b.one('Expand', [mean, b.ints('iris', [IRIS_POINTS, 1])], {});
}
