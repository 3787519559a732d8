/** Networks of masks on seeded numbers, and what an independent decoder finds in them, in a picture. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { at, range } from '../../src/util/arrays.ts';
import { suppressed, unletterboxed, type DecodedBox, type Extents } from './decoders/decoded-box.ts';
import { prototypeMask } from './decoders/masks.ts';
import { decodeYoloV5, decodeYoloV8 } from './decoders/yolo.ts';
import { INPUT, type Outputs } from './head-cases.ts';
import { randomSource } from './random.ts';

/** Numbers of a row behind the box: classes, and coefficients of masks. */
const CLASSES = 2;
const MASKS = 3;
const CELLS = 126;

/** What cases are compared at. */
export const LIMITS = { threshold: 0.5, iou: 0.45 } as const;

/** One network. */
export interface InstanceCase {
  readonly decode: 'yolov8-seg' | 'yolov5-seg';
  readonly outputs: Outputs;
  /** The things in a picture that was fitted into the input, best first, each with a mask of the whole picture. */
  readonly found: (picture: Extents) => readonly { readonly box: DecodedBox; readonly mask: Uint8Array }[];
}

/** Rows of a box, `first` more numbers in 0…1, classes and coefficients. */
function seededRows(seed: number, count: number, first: number): number[][] {
  const random = randomSource(seed);
  const within = (low: number, high: number): number => Math.fround(low + (high - low) * random());
  return range(count).map(() => [
    within(10, 86),
    within(8, 56),
    within(12, 50),
    within(12, 40),
    ...range(first + CLASSES).map(() => within(0, 1)),
    ...range(MASKS).map(() => within(-4, 4)),
  ]);
}

const [ROWS, COLUMNS] = [INPUT.height / 4, INPUT.width / 4];

/** Waves, so that masks have smooth borders. */
const PROTOTYPES = tensorOf(
  'float32',
  [1, MASKS, ROWS, COLUMNS],
  range(MASKS).flatMap((m) =>
    range(ROWS * COLUMNS).map((i) => Math.sin(0.3 * (m + 1) * (i % COLUMNS) + 0.4 * Math.floor(i / COLUMNS) + m)),
  ),
);

function byRows(rows: readonly (readonly number[])[]): Tensor {
  return tensorOf('float32', [1, rows.length, at(rows, 0).length], rows.flat());
}

function byColumns(rows: readonly (readonly number[])[]): Tensor {
  const columns = at(rows, 0).map((_, k) => rows.map((row) => at(row, k)));
  return tensorOf('float32', [1, columns.length, rows.length], columns.flat());
}

function things(rows: readonly (readonly number[])[], boxes: readonly DecodedBox[]): InstanceCase['found'] {
  const coefficients = new Map(boxes.map((box, i) => [box.score, at(rows, i).slice(-MASKS)]));
  return (picture) =>
    unletterboxed(suppressed(boxes, LIMITS), INPUT, picture).map((box) => {
      return { box, mask: prototypeMask(PROTOTYPES, coefficients.get(box.score) ?? [], box, INPUT, picture) };
    });
}

const v8 = seededRows(21, CELLS, 0);
const v5 = seededRows(22, 3 * CELLS, 1);
const bare = (row: readonly number[]): readonly number[] => row.slice(0, -MASKS);

/** Both ways in which boxes are laid out. */
export const INSTANCE_CASES: readonly InstanceCase[] = [
  {
    decode: 'yolov8-seg',
    outputs: { output0: byColumns(v8), output1: PROTOTYPES },
    found: things(v8, decodeYoloV8(byColumns(v8.map(bare)))),
  },
  {
    decode: 'yolov5-seg',
    outputs: { output0: byRows(v5), output1: PROTOTYPES },
    found: things(v5, decodeYoloV5(byRows(v5.map(bare)))),
  },
];
