/** The head of face meshes: landmarks in pixels of the input, and whether it is a face. */
import { product } from '../util/arrays.ts';
import type { Head, HeadOutput } from './head.ts';

/** Points of a face (Kartynnik et al., arXiv:1907.06724). */
export const MESH_POINTS = 468;

/** The results `points` `[468, 3]` and `score` `[1]`. */
export const FACE_MESH: Head = {
  name: 'face-mesh',
  reads: `${MESH_POINTS} landmarks in one vector of x, y, z, and one number, whether it is a face, before the sigmoid`,
  fits: (outputs) => {
    const read = [MESH_POINTS * 3, 1].map((count) => outputs.find((output) => isVector(output, count)));
    const found = read.filter((output) => output !== undefined);
    return found.length === read.length ? found : undefined;
  },
  preprocessing: { std: [255, 255, 255] },
  attach: (nodes, [mesh, flag]) => ({
    results: {
      points: nodes.reshaped(mesh?.name ?? '', [MESH_POINTS, 3]),
      score: nodes.activated(nodes.reshaped(flag?.name ?? '', [1]), 'sigmoid'),
    },
    feeds: {},
  }),
};

/** True of float32, all of whose elements lie along one axis. */
export function isVector({ dtype, shape }: HeadOutput, count: number): boolean {
  return dtype === 'float32' && product(shape) === count && shape.some((extent) => extent === count);
}
