/** Detectors that are made as BlazeFace is (Bazarevsky et al., arXiv:1907.05047): anchors of one size, boxes and key points in pixels. */
import { tensorOf, type Tensor } from '../core/tensor.ts';
import { blazeAnchors } from '../ir/priors/ssd.ts';
import { at } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import { decodedRows, isRows, joinedOutputs } from './decoded-rows.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';

/** What tells such networks apart. */
export interface BlazeForm extends Pick<Head, 'name' | 'preprocessing'> {
  /** What they find, in words. */
  readonly finds: string;
  /** Key points of a box. */
  readonly points: number;
}

/** Maps of the networks there are: pixels of the input that a cell is wide, and anchors in it. */
const MAPS: readonly (readonly (readonly [stride: number, anchors: number])[])[] = [
  // Faces at close range and palms.
  [
    [8, 2],
    [16, 6],
  ],
  // People, and the first palms.
  [
    [8, 2],
    [16, 2],
    [32, 6],
  ],
  // Faces, in a picture of twice the size.
  [
    [16, 2],
    [32, 6],
  ],
  // Faces at full range.
  [[4, 1]],
];

/** Numbers of a box, before those of its key points. */
const BOX = 4;

/**
 * A head for codes `[1, N, 4 + 2·points]`: x, y, width, height and key points in pixels of the input, places counted from the
 * anchor; and `[1, N, 1]`, scores before the sigmoid; or several such pairs, that of most rows first. Its results have `points`, `[K, points, 2]`, too. Boxes that overlap a
 * better one go, where MediaPipe takes the mean of both.
 */
export function blazeHead({ name, finds, points, preprocessing }: BlazeForm): Head {
  const columns = BOX + 2 * points;
  return {
    name,
    reads: `codes of ${finds} [1, N, ${columns}] and scores [1, N, 1] of N anchors`,
    ...(preprocessing ? { preprocessing } : {}),
    fits: (outputs, input) => {
      const codes = outputs.filter((output) => isRows(output, columns)).toSorted((a, b) => rowsOf(b) - rowsOf(a));
      const scores = codes.map((own) => outputs.find((output) => isRows(output, 1, rowsOf(own))));
      const read = [...codes, ...scores].filter((output) => output !== undefined);
      return read.length === 2 * codes.length && anchorsOf(codes, input) ? read : undefined;
    },
    attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, read, input), input),
  };
}

function rowsOf({ shape }: HeadOutput): number {
  return at(shape, 1);
}

/** The anchors of so many codes, squares of a pixel; undefined where no network has as many. */
function anchorsOf(codes: readonly HeadOutput[], { width, height }: HeadInput): Tensor | undefined {
  const rows = codes.reduce((sum, own) => sum + rowsOf(own), 0);
  const cells = (stride: number) => [Math.ceil(height / stride), Math.ceil(width / stride)] as const;
  const count = (maps: (typeof MAPS)[number]): number =>
    maps.reduce((sum, [stride, anchors]) => sum + cells(stride)[0] * cells(stride)[1] * anchors, 0);
  const maps = MAPS.find((candidates) => count(candidates) === rows);
  if (!maps) return undefined;
  const shares = blazeAnchors(maps.map(([stride, anchors]) => ({ map: cells(stride), count: anchors })));
  return { ...shares, data: shares.data.map((v, i) => at([v * width, v * height, 1, 1], i % 4)) };
}

function candidatesOf(nodes: BoxNodes, read: readonly HeadOutput[], input: HeadInput): Candidates {
  const codes = read.slice(0, read.length / 2);
  const columns = at(at(codes, 0).shape, 2);
  const anchors = anchorsOf(codes, input) ?? tensorOf('float32', [0, 4], []);
  const points = (columns - BOX) / 2;
  return {
    ...decodedRows(nodes, {
      codes: joinedOutputs(nodes, codes, [-1, columns]),
      anchors,
      coding: 'centerLinear',
      points,
    }),
    scores: nodes.activated(joinedOutputs(nodes, read.slice(codes.length), [-1]), 'sigmoid'),
  };
}
