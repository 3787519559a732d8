/** The tables and parameters of the preprocessing kernel, for one size of picture. */
import type { ShaderModule } from '../../shaders/lib/module.ts';
import { BYTE_BITS, COLOURS, type PreprocessSpec } from '../../shaders/pictures/preprocess.ts';
import { visiblePart, type PictureSize, type Preprocessing } from '../vision/picture-spec.ts';
import { axisWeights, roundsAsPillow } from '../vision/axis-weights.ts';

/** What the kernel reads besides the picture. */
export interface ResamplingTables {
  /** First pixel that counts, of each column and then of each row of the part that shows the picture. */
  readonly first: Int32Array;
  /** The weights of that pixel and those after it; integers where sums are exact. */
  readonly weights: Float32Array | Int32Array;
  readonly params: Readonly<Record<string, number>>;
}

/** How pictures are prepared for inputs of one kind of numbers. */
export interface PictureKernel {
  readonly shader: (spec: PreprocessSpec) => ShaderModule;
  readonly tables: (size: PictureSize, spec: Preprocessing) => ResamplingTables;
}

/** For a specification that `checkPreprocessing` has seen. */
export function resampling(size: PictureSize, spec: Preprocessing, weightsOf = axisWeights): ResamplingTables {
  const { columns, rows, left, top } = visiblePart(size, spec);
  const x = weightsOf(columns, spec.resize);
  const y = weightsOf(rows, spec.resize);
  const all = [...x.weights, ...y.weights];
  return {
    first: Int32Array.from([...x.first, ...y.first]),
    weights: roundsAsPillow(spec.resize) ? Int32Array.from(all, (w) => w * 2 ** BYTE_BITS) : Float32Array.from(all),
    params: {
      width: spec.width,
      height: spec.height,
      left,
      top,
      part_width: columns.size,
      part_height: rows.size,
      taps_x: x.taps,
      taps_y: y.taps,
      ...channels(spec),
    },
  };
}

/** Strides of the input, and each colour's place and normalisation in it. */
function channels({ width, height, layout, channelOrder, mean, std, padding }: Preprocessing): Record<string, number> {
  const plane = layout === 'nchw';
  const params: Record<string, number> = { step_x: plane ? 1 : 3, step_y: plane ? width : width * 3 };
  COLOURS.forEach((colour, i) => {
    const channel = channelOrder === 'rgb' ? i : 2 - i;
    params[`${colour}_offset`] = channel * (plane ? width * height : 1);
    params[`${colour}_mean`] = mean[channel] ?? 0;
    params[`${colour}_std`] = std[channel] ?? 1;
    params[`${colour}_border`] = padding?.[i] ?? 0;
  });
  return params;
}
