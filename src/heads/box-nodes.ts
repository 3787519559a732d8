/** Small compositions of operators on rows of boxes that detectors share. */
import { tensorOf } from '../core/tensor.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import {
  GREEDY_SUPPRESSION,
  NO_ACTIVATION,
  type ActivationKind,
  type BinaryKind,
  type OpAttributes,
} from '../ir/ops.ts';

/** What is suppressed, of how many boxes. */
interface Suppression {
  /** How many boxes there are of a picture. */
  readonly count: number;
  /** How many times scores are looked at apart: as many as there are pictures, by default one. */
  readonly times?: number;
  /** How many are kept each time at most. */
  readonly most: number;
  readonly iou: number;
  readonly score: number;
}

/** Which boxes are kept, those of each picture best first: rows of as many as may be, and which of them count. */
export interface KeptBoxes {
  /** Among those of all pictures. */
  readonly indices: string;
  /** The picture of each, int64. */
  readonly batches: string;
  /** bool: false of rows behind the last box that is kept. */
  readonly chosen: string;
}

/** Names of values of a graph, rows of as many as may be, of which those that are not `chosen` have no meaning. */
export interface Detections {
  /** Corners in pixels, `[K, 4]`, best first. */
  readonly boxes: string;
  /** Probabilities, `[K]`. */
  readonly scores: string;
  /** int64 `[K]`. */
  readonly labels: string;
  /** bool `[K]`. */
  readonly chosen: string;
}

/** Attributes of BoxDecode that most codings share. */
export const PLAIN_DECODING = {
  anchorExtent: 0,
  boxExtent: 0,
  maxExponent: Infinity,
  bins: 0,
  points: 0,
} as const satisfies Partial<OpAttributes['BoxDecode']>;

/** Writes such compositions into a graph under construction. */
export class BoxNodes {
  readonly builder: GraphBuilder;

  constructor(builder: GraphBuilder) {
    this.builder = builder;
  }

  binary(kind: BinaryKind, x: string, y: string): string {
    return this.builder.one('Binary', [x, y], { kind, activation: NO_ACTIVATION });
  }

  activated(x: string, kind: ActivationKind): string {
    return this.builder.one('Activation', [x], { activation: { ...NO_ACTIVATION, kind } });
  }

  /** Over the last axis. */
  softmax(x: string): string {
    return this.builder.one('Softmax', [x], { axes: [-1], log: false });
  }

  /** Arithmetic of int64 values with a number. */
  whole(kind: BinaryKind, x: string, value: number): string {
    return this.binary(kind, x, this.builder.constant('whole', tensorOf('int64', [], [value])));
  }

  /** A float32 number. */
  scalar(value: number): string {
    return this.builder.constant('scalar', tensorOf('float32', [], [value]));
  }

  /** Parts of the last axis but one or two of rows: `axis` 1 by default. */
  columns(x: string, start: number, end: number, axis = 1): string {
    const lists = Object.entries({ starts: start, ends: end, axes: axis });
    return this.builder.one('Slice', [x, ...lists.map(([name, v]) => this.builder.ints(name, [v]))], {});
  }

  reshaped(x: string, shape: readonly number[]): string {
    return this.builder.one('Reshape', [x, this.builder.ints('rows', shape)], { allowZero: false });
  }

  unsqueezed(x: string, axes: readonly number[]): string {
    return this.builder.one('Unsqueeze', [x], { axes });
  }

  joined(parts: readonly string[], axis: number): string {
    return parts.length === 1 ? (parts[0] ?? '') : this.builder.one('Concat', parts, { axis });
  }

  /** Rows of these indices. */
  picked(x: string, indices: string): string {
    return this.builder.one('Gather', [x, indices], { axis: 0 });
  }

  /** One of the numbers of each row. */
  entry(x: string, k: number): string {
    return this.builder.one('Gather', [x, this.builder.constant('entry', tensorOf('int64', [], [k]))], { axis: -1 });
  }

  /** Some of the numbers of each row, in this order. */
  entries(x: string, which: readonly number[]): string {
    return this.builder.one('Gather', [x, this.builder.ints('entries', which)], { axis: -1 });
  }

  /** The largest of each row of `[R, N]`, and where they are, `[R, count]` both. */
  best(scores: string, count: number): readonly [values: string, indices: string] {
    const inputs = [scores, this.builder.ints('k', [count])];
    const [values = '', indices = ''] = this.builder.add(
      'TopK',
      inputs,
      { axis: 1, largest: true },
      { outputCount: 2 },
    );
    return [values, indices];
  }

  /** bool: boxes `[…, 4]` whose sides are no less than this. */
  large(boxes: string, minSize: number): string {
    const [left, top, right, bottom] = [0, 1, 2, 3].map((k) => this.entry(boxes, k)) as [
      string,
      string,
      string,
      string,
    ];
    const sides = this.binary('min', this.binary('sub', right, left), this.binary('sub', bottom, top));
    return this.binary('greaterOrEqual', sides, this.scalar(minSize));
  }

  /** Rows of tables `[P·length, …]` of as many pictures, by indices `[P, K]` into each picture's own. */
  pickedOf(pictures: number, x: string, indices: string, length: number): string {
    if (pictures === 1) return this.picked(x, indices);
    const starts = Array.from({ length: pictures }, (_, picture) => picture * length);
    const first = this.builder.constant('starts', tensorOf('int64', [pictures, 1], starts));
    return this.picked(x, this.binary('add', first, indices));
  }

  /**
   * Of boxes `[P, N, 4]` and scores `[P, C, N]`, P or C being one: where the best are that overlap no better one, padded, so that
   * nothing depends on data.
   */
  suppressed(boxes: string, scores: string, { count, times = 1, most, iou, score }: Suppression): KeptBoxes {
    const { builder: b } = this;
    const limits = [b.constant('most', tensorOf('int64', [], [most])), this.scalar(iou), this.scalar(score)];
    const attributes = { ...GREEDY_SUPPRESSION, padded: true };
    const [rows = '', kept = ''] = b.add('NonMaxSuppression', [boxes, scores, ...limits], attributes, {
      outputCount: 2,
    });
    const places = Array.from({ length: times * Math.min(count, most) }, (_, i) => i);
    const chosen = this.binary('less', b.constant('places', tensorOf('int32', [places.length], places)), kept);
    const [batches, own] = [this.entry(rows, 0), this.entry(rows, 2)];
    const indices = times === 1 ? own : this.binary('add', this.whole('mul', batches, count), own);
    return { indices, batches: times === 1 ? batches : this.binary('add', batches, this.entry(rows, 1)), chosen };
  }
}
