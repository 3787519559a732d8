/** Rows of codes, decoded: boxes, and the key points behind them. */
import type { Tensor } from '../core/tensor.ts';
import type { BoxCoding } from '../ir/ops/detect.ts';
import { at } from '../util/arrays.ts';
import { PLAIN_DECODING, type BoxNodes } from './box-nodes.ts';
import type { HeadOutput } from './head.ts';
import type { Candidates } from './kept-boxes.ts';

/** How rows are coded. */
export interface RowCoding {
  /** Name of the value with codes, `[N, 4 + 2·points]`. */
  readonly codes: string;
  /** Centres and sizes, `[N, 4]`, in pixels of the input. */
  readonly anchors: Tensor;
  readonly coding: BoxCoding;
  /** Key points behind the four numbers of a box. */
  readonly points: number;
}

/** The boxes, and where there are key points the result `points`, `[N, points, 2]`: x, y of each in pixels of the input. */
export function decodedRows(
  nodes: BoxNodes,
  { codes, anchors, coding, points }: RowCoding,
): Omit<Candidates, 'scores' | 'labels'> {
  const attributes = {
    ...PLAIN_DECODING,
    coding,
    anchorForm: 'centers',
    factors: [1, 1, 1, 1],
    points,
    clip: [],
  } as const;
  const rows = nodes.builder.one('BoxDecode', [codes, nodes.builder.constant('anchors', anchors)], attributes);
  return {
    count: at(anchors.shape, 0),
    boxes: points > 0 ? nodes.columns(rows, 0, 4) : rows,
    ...(points > 0
      ? { more: { points: nodes.reshaped(nodes.columns(rows, 4, 4 + 2 * points), [-1, points, 2]) } }
      : {}),
  };
}

/** True of `[1, rows, columns]` in float32; of any number of rows unless one is said. */
export function isRows({ dtype, shape }: HeadOutput, columns: number, rows = shape[1]): boolean {
  return dtype === 'float32' && shape.length === 3 && shape[0] === 1 && shape[1] === rows && shape[2] === columns;
}

/** Outputs as rows of this shape, one after another. */
export function joinedOutputs(nodes: BoxNodes, outputs: readonly HeadOutput[], shape: readonly number[]): string {
  return nodes.joined(
    outputs.map(({ name }) => nodes.reshaped(name, shape)),
    0,
  );
}
