/** Decodes heat maps of key points: where each is highest, refined to a part of a cell. */
import { InputError } from '../../core/errors.ts';
import { shapeText, type Tensor } from '../../core/tensor.ts';
import { range } from '../../util/arrays.ts';

/** Where a heat map is highest, in cells of the map. */
export interface HeatMapPeak {
  readonly x: number;
  readonly y: number;
  /** The map's value there. */
  readonly score: number;
}

/** How `decodeHeatMaps` refines the highest cell. */
export interface HeatMapOptions {
  /**
   * `quarter` of a cell towards the higher neighbour (Xiao et al., arXiv:1804.06208, and HRNet), unless given; `taylor`: the top
   * of the parabola through the blurred map's logarithm (Zhang et al., DARK, arXiv:1910.06278); or `none`.
   */
  readonly refine?: 'none' | 'quarter' | 'taylor';
  /** Odd length of the Gaussian that blurs before `taylor`; 11 unless given, as for maps made with a deviation of 2; 1: none. */
  readonly blur?: number;
}

/** One map by rows. Zero outside. */
type At = (x: number, y: number) => number;

interface Map {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/**
 * The peaks of `[pictures, points, height, width]`, by picture. The first in order of rows where several cells are
 * highest; cells of NaN are passed over. Cells too near the border for the neighbours that a refinement looks at stay as
 * they are, as in the published code.
 * Throws InputError for what are no such maps, and for options there are not.
 */
export function decodeHeatMaps({ shape, data }: Tensor, options: HeatMapOptions = {}): HeatMapPeak[][] {
  const [pictures = 0, points = 0, height = 0, width = 0] = shape;
  if (shape.length !== 4 || height * width === 0) {
    throw new InputError(`${shapeText(shape)} holds no heat maps: they are [pictures, points, height, width]`);
  }
  const { refine = 'quarter', blur = 11 } = options;
  if (!(blur >= 1 && blur % 2 === 1)) throw new InputError(`blur is ${blur}, no odd length`);
  const refined = REFINEMENTS[refine];
  if (!refined) throw new InputError(`refine is "${String(refine)}": it is none, quarter or taylor`);
  const size = height * width;
  return range(pictures).map((picture) =>
    range(points).map((point) => {
      const start = (picture * points + point) * size;
      const map = { data: Float32Array.from(data.subarray(start, start + size)), width, height };
      const cell = highest(map.data);
      const [x, y] = [cell % width, Math.floor(cell / width)];
      const [dx, dy] = refined(map, [x, y], blur);
      return { x: x + dx, y: y + dy, score: map.data[cell] ?? NaN };
    }),
  );
}

function highest(values: Float32Array): number {
  let [best, found] = [-Infinity, 0];
  values.forEach((value, i) => {
    if (value > best) [best, found] = [value, i];
  });
  return found;
}

type Refinement = (map: Map, cell: readonly [number, number], blur: number) => readonly [number, number];

const STAY = [0, 0] as const;

const REFINEMENTS: Readonly<Record<NonNullable<HeatMapOptions['refine']>, Refinement>> = {
  none: () => STAY,
  quarter: (map, [x, y]) => {
    if (!(x > 1 && x < map.width - 1 && y > 1 && y < map.height - 1)) return STAY;
    const at = reader(map);
    return [
      Math.sign(at(x + 1, y) - at(x - 1, y)) / 4 || 0, //
      Math.sign(at(x, y + 1) - at(x, y - 1)) / 4 || 0,
    ];
  },
  taylor: (map, [x, y], blur) => {
    if (!(x > 1 && x < map.width - 2 && y > 1 && y < map.height - 2)) return STAY;
    return towardsTop(blurredLog(map, blur, [x, y]), x, y);
  },
};

function reader({ data, width, height }: Map): At {
  return (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : (data[y * width + x] ?? 0));
}

/** Logarithms of the map blurred, and scaled back to its maximum: a factor, which derivatives do not see but by the lower limit. */
function blurredLog(map: Map, length: number, [cx, cy]: readonly [number, number]): At {
  const at = reader(map);
  const radius = (length - 1) / 2;
  // OpenCV's deviation for a kernel of that length.
  const deviation = 0.3 * (radius - 1) + 0.8;
  const taps = range(length).map((i) => (length === 1 ? 1 : Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2))));
  const sum = taps.reduce((a, b) => a + b, 0);
  const smooth: At = (x, y) =>
    taps.reduce(
      (rows, v, j) => rows + v * taps.reduce((row, u, i) => row + u * at(x + i - radius, y + j - radius), 0),
      0,
    ) /
    sum ** 2;
  const scale = smooth(cx, cy) > 0 ? at(cx, cy) / smooth(cx, cy) : 1;
  return (x, y) => Math.log(Math.max(smooth(x, y) * scale, 1e-10));
}

/** A step of Newton's method. Differences are two cells wide, of second order four. */
function towardsTop(at: At, x: number, y: number): readonly [number, number] {
  const dx = (at(x + 1, y) - at(x - 1, y)) / 2;
  const dy = (at(x, y + 1) - at(x, y - 1)) / 2;
  const dxx = (at(x + 2, y) - 2 * at(x, y) + at(x - 2, y)) / 4;
  const dyy = (at(x, y + 2) - 2 * at(x, y) + at(x, y - 2)) / 4;
  const dxy = (at(x + 1, y + 1) - at(x + 1, y - 1) - at(x - 1, y + 1) + at(x - 1, y - 1)) / 4;
  const determinant = dxx * dyy - dxy * dxy;
  if (determinant === 0) return STAY;
  return [(dxy * dy - dyy * dx) / determinant, (dxy * dx - dxx * dy) / determinant];
}
