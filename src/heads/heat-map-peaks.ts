/** Peaks of heat maps of key points to a quarter of a cell (Xiao et al., arXiv:1804.06208, and HRNet), composed of operators. */
import { InputError } from '../core/errors.ts';
import { shapeText, tensorOf } from '../core/tensor.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { BoxNodes } from './box-nodes.ts';

/** Pictures, points of each, and a map's extents. */
export type HeatMapShape = readonly [pictures: number, points: number, height: number, width: number];

/** Names of values of a graph. */
export interface HeatMapPeaks {
  /** Float32 `[pictures, points, 2]`: x and y in cells. */
  readonly points: string;
  /** The maps' values there, `[pictures, points]`. */
  readonly scores: string;
}

/**
 * What `decodeHeatMaps` finds in maps of this shape, which have no NaN, moved by a quarter of a cell towards the higher
 * neighbours. Throws InputError for maps without cells.
 */
export function addHeatMapPeaks(b: GraphBuilder, maps: string, shape: HeatMapShape): HeatMapPeaks {
  const [pictures, points, height, width] = shape;
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)) {
    throw new InputError(`${shapeText(shape)} holds no heat maps: they are [pictures, points, height, width]`);
  }
  const nodes = new PeakNodes(b, maps, shape);
  const cells = b.one('ArgReduce', [nodes.reshaped(maps, [pictures, points, -1])], {
    kind: 'max',
    axis: 2,
    keepDims: false,
    last: false,
    dtype: 'int64',
  });
  const x = nodes.whole('floorMod', cells, width);
  const y = nodes.whole('floorDiv', cells, width);
  const inside = nodes.binary('and', nodes.within(x, width), nodes.within(y, height));
  const refined = [
    [x, 1],
    [y, width],
  ] as const;
  const places = refined.map(([place, step]) => {
    const own = b.one('Cast', [place], { to: 'float32' });
    return nodes.unsqueezed(nodes.binary('add', own, nodes.quarter(cells, step, inside)), [2]);
  });
  return { points: nodes.joined(places, 2), scores: nodes.valueAt(cells) };
}

class PeakNodes extends BoxNodes {
  readonly #flat: string;
  readonly #starts: string;
  readonly #last: number;

  constructor(builder: GraphBuilder, maps: string, [pictures, points, height, width]: HeatMapShape) {
    super(builder);
    this.#flat = this.reshaped(maps, [-1]);
    this.#last = height * width - 1;
    const starts = Array.from({ length: pictures * points }, (_, i) => i * height * width);
    this.#starts = builder.constant('starts', tensorOf('int64', [pictures, points], starts));
  }

  /** The maps' values at these cells. */
  valueAt(cells: string): string {
    return this.picked(this.#flat, this.binary('add', this.#starts, cells));
  }

  /** Not among the first two, nor the last, as in the published code. */
  within(place: string, extent: number): string {
    const [two, end] = [2, extent - 1].map((v) => this.builder.constant('end', tensorOf('int64', [], [v])));
    return this.binary('and', this.binary('greaterOrEqual', place, two ?? ''), this.binary('less', place, end ?? ''));
  }

  /** A quarter towards the higher of the cells a step before and behind, where both are on the map. */
  quarter(cells: string, step: number, inside: string): string {
    const before = this.valueAt(this.whole('max', this.whole('sub', cells, step), 0));
    const behind = this.valueAt(this.whole('min', this.whole('add', cells, step), this.#last));
    const sign = this.builder.one('Unary', [this.binary('sub', behind, before)], { kind: 'sign' });
    const quarter = this.binary('mul', sign, this.scalar(0.25));
    return this.builder.one('Where', [inside, quarter, this.scalar(0)], {});
  }
}
