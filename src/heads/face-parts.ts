/** Heads of what looks at one face or one eye: landmarks in pixels of the input, and whether it is what the network takes it for. */
import { ATTENTION_MESH } from './attention-mesh.ts';
import { FACE_MESH, isVector } from './face-mesh.ts';
import type { Head } from './head.ts';

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
export const FACE_MESH_HEADS: readonly Head[] = [ATTENTION_MESH, FACE_MESH];

/** All that is read of an eye. */
export const IRIS_HEADS: readonly Head[] = [IRIS];
