/** Regions of pictures on the GPU: the kernel that samples one, and its tables of positions. */
import { regionShader } from '../../shaders/pictures/region.ts';
import type { AxisWeights } from '../vision/axis-weights.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import { POSITION_BITS, regionPositions } from '../vision/region-positions.ts';
import type { PictureRegion } from '../vision/region-spec.ts';
import { integerTables } from './integers.ts';
import { resampling, type PictureKernel } from './resampling.ts';

/** Positions stand in the place of weights. */
const NO_WEIGHTS: AxisWeights = { first: new Int32Array(), weights: new Float64Array(), taps: 0 };

/** How a region becomes an input. Throws InputError as `regionPositions`. */
export function regionKernel(region: PictureRegion, { dtype, ...spec }: Preprocessing): PictureKernel {
  const first = regionPositions(region, { dtype, ...spec });
  const bytes = dtype !== 'float32';
  const tablesOf = bytes ? integerTables : resampling;
  return {
    shader: (how) => regionShader({ ...how, bytes, repeat: region.outside === 'repeat', positionBits: POSITION_BITS }),
    tables: (size, whole) => {
      // The region fills the input, whatever its aspect ratio was.
      const tables = tablesOf(size, { ...whole, fit: 'stretch' }, () => NO_WEIGHTS);
      // A binding is never empty.
      return { ...tables, first, weights: bytes ? tables.weights : new Float32Array(1) };
    },
  };
}
