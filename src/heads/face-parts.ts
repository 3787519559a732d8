/** Heads of what looks at one face or one eye: landmarks in pixels of the input, and whether it is what the network takes it for. */
import { product } from '../util/arrays.ts';
import type { Head, HeadOutput } from './head.ts';

/** Points of a face (Kartynnik et al., arXiv:1907.06724). */
const MESH_POINTS = 468;

/** The results `points` `[468, 3]` and `score` `[1]`. */
const FACE_MESH: Head = {
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

/** Points around an eye and on its brow, and of the iris: its centre, and four on its border. */
const EYE_POINTS = 71;
const IRIS_POINTS = 5;

/** The results `contour` `[71, 3]` and `iris` `[5, 3]`, of Ablavatski et al., arXiv:2006.11341. */
const IRIS: Head = {
  name: 'iris',
  reads: `${EYE_POINTS} landmarks of an eye and ${IRIS_POINTS} of its iris in one vector of x, y, z, or in two`,
  fits: (outputs) => {
    const one = outputs.find((candidate) => isVector(candidate, (EYE_POINTS + IRIS_POINTS) * 3));
    if (one) return [one];
    const two = [EYE_POINTS, IRIS_POINTS].map((count) => outputs.find((candidate) => isVector(candidate, count * 3)));
    const found = two.filter((candidate) => candidate !== undefined);
    return found.length === two.length ? found : undefined;
  },
  preprocessing: { std: [255, 255, 255] },
  attach: (nodes, read) => {
    const rows = nodes.joined(
      read.map(({ name }) => nodes.reshaped(name, [-1, 3])),
      0,
    );
    const [end, behind] = [EYE_POINTS, EYE_POINTS + IRIS_POINTS];
    return {
      results: {
        contour: nodes.columns(rows, 0, end, 0),
        iris: nodes.columns(rows, end, behind, 0),
      },
      feeds: {},
    };
  },
};

/** All that is read of a face. */
export const FACE_MESH_HEADS: readonly Head[] = [FACE_MESH];

/** All that is read of an eye. */
export const IRIS_HEADS: readonly Head[] = [IRIS];

/** True of float32, all of whose elements lie along one axis. */
function isVector({ dtype, shape }: HeadOutput, count: number): boolean {
  return dtype === 'float32' && product(shape) === count && shape.some((extent) => extent === count);
}
