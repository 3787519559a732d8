/** A network of each kind that detectors read: outputs of seeded numbers, and what an independent decoder finds in them. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import type { DecodedBox, Extents } from './decoders/decoded-box.ts';
import { decodeDarknet, decodeQueries } from './decoders/sets.ts';
import {
  decodeFastestDet,
  decodeNanoDet,
  decodeTtfNet,
  decodeYoloV5,
  decodeYoloV8,
  decodeYoloX,
} from './decoders/yolo.ts';
import { randomSource } from './random.ts';

/** Outputs by name. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** One network. */
export interface HeadCase {
  /** What a detector takes its outputs for. */
  readonly decode: string;
  readonly title: string;
  /** The caller has to say so. */
  readonly named?: boolean;
  readonly outputs: Outputs;
  /** Before suppression, in pixels of the input. */
  readonly boxes: readonly DecodedBox[];
  /** The network suppresses its boxes itself. */
  readonly distinct?: boolean;
  readonly labels?: readonly string[];
}

/** Extents of the input of all: 96 + 24 + 6 cells. */
export const INPUT: Extents = { width: 96, height: 64 };
const CELLS = 126;

/** A network that takes a picture and gives these outputs, whatever it shows. */
export function constantNetwork(outputs: Outputs, { width, height } = INPUT): Graph {
  const b = new GraphBuilder('constants');
  b.input('picture', 'float32', [1, 3, height, width]);
  for (const [name, value] of Object.entries(outputs)) {
    b.output(b.one('Identity', [b.constant('value', value)], {}, { outputs: [name] }));
  }
  return b.build();
}

const random = randomSource(15);

/** Numbers between the limits of each column, the last pair standing for all that follow. */
function rows(shape: readonly number[], ...limits: readonly (readonly [number, number])[]): Tensor {
  const columns = at(shape, shape.length - 1);
  const values = range(product(shape)).map((i) => {
    const [low, high] = at(limits, Math.min(i % columns, limits.length - 1));
    return low + (high - low) * random();
  });
  return tensorOf('float32', shape, values);
}

/** The same with the last two axes exchanged: `[1, N, C]` to `[1, C, N]`. */
function turned({ data, shape }: Tensor): Tensor {
  const [n, c] = [at(shape, 1), at(shape, 2)];
  return tensorOf(
    'float32',
    [1, c, n],
    range(n * c).map((i) => at(data, (i % n) * c + Math.floor(i / n))),
  );
}

function reshaped({ data }: Tensor, shape: readonly number[]): Tensor {
  return tensorOf('float32', shape, data);
}

const UNIT = [0, 1] as const;
const X = [0, 96] as const;
const Y = [0, 64] as const;
const SIDE = [4, 40] as const;
const LOGIT = [-3, 3] as const;
/** Bins of four distances, mostly of a stride or two. */
const NEAR = range(32).map((i) => (i % 8 < 3 ? ([0, 3] as const) : ([-4, -1] as const)));
/** Anchors of two classes, made smaller: they are those of pictures of 416 pixels. */
const small = (classes: number): (readonly [number, number])[] => [
  LOGIT,
  LOGIT,
  [-3, -1],
  [-3, -1],
  ...range(1 + classes).map(() => LOGIT),
];
const SMALL = range(5).flatMap(() => small(2));
const EIGHT = range(3).flatMap(() => small(3));

function yolos(): HeadCase[] {
  const v8 = rows([1, CELLS, 9], X, Y, SIDE, SIDE, UNIT);
  const sides = [96, 64, 96, 64, 1, 1, 1, 1, 1];
  const shares = tensorOf(
    'float32',
    v8.shape,
    Array.from(v8.data, (v, i) => v / at(sides, i % 9)),
  );
  const v5 = rows([1, 3 * CELLS, 8], X, Y, SIDE, SIDE, UNIT);
  const yolox = rows([1, CELLS, 8], UNIT, UNIT, [-1, 1], [-1, 1], UNIT);
  const one = rows([1, CELLS, 6], UNIT, UNIT, [-1, 1], [-1, 1], UNIT);
  // 4 numbers, 2 classes and 3 coefficients of masks, which are larger than any score.
  const masked = rows([1, CELLS, 9], X, Y, SIDE, SIDE, UNIT, UNIT, [2, 9]);
  const bare = tensorOf(
    'float32',
    [1, CELLS, 6],
    range(6 * CELLS).map((i) => at(masked.data, Math.floor(i / 6) * 9 + (i % 6))),
  );
  const prototypes = rows([1, 3, 16, 24], UNIT);
  return [
    { decode: 'yolov8', title: 'columns', outputs: { output0: turned(v8) }, boxes: decodeYoloV8(turned(v8)) },
    {
      decode: 'yolov8',
      title: 'shares of the input',
      outputs: { output0: turned(shares) },
      boxes: decodeYoloV8(turned(v8)),
    },
    {
      decode: 'yolov8',
      title: 'with masks',
      outputs: { output0: turned(masked), output1: prototypes },
      boxes: decodeYoloV8(turned(bare)),
    },
    { decode: 'yolov5', title: 'three rows a cell', outputs: { output: v5 }, boxes: decodeYoloV5(v5) },
    {
      decode: 'yolov5',
      title: 'YOLOX decoded by its own graph',
      named: true,
      outputs: { output: rowsOfPixels },
      boxes: decodeYoloV5(rowsOfPixels),
    },
    { decode: 'yolox', title: 'one row a cell', outputs: { output: yolox }, boxes: decodeYoloX(yolox, INPUT) },
    { decode: 'yolox', title: 'rows of pixels', outputs: { output: rowsOfPixels }, boxes: decodeYoloV5(rowsOfPixels) },
    { decode: 'yolox', title: 'one class', outputs: { output: one }, boxes: decodeYoloX(one, INPUT) },
  ];
}

const rowsOfPixels = rows([1, CELLS, 8], X, Y, SIDE, SIDE, UNIT);

function grids(): HeadCase[] {
  const map = turned(rows([1, 24, 9], UNIT, LOGIT, LOGIT, LOGIT, LOGIT, UNIT));
  const fastest = reshaped(map, [1, 9, 4, 6]);
  const levels = [8, 16, 32].map((stride) => {
    const cells = (INPUT.width / stride) * (INPUT.height / stride);
    return { stride, scores: rows([1, cells, 3], UNIT), distances: rows([1, cells, 32], ...NEAR) };
  });
  const parts = levels.flatMap(({ scores, distances, stride }) => [
    [`cls_${stride}`, scores] as const,
    [`dis_${stride}`, distances] as const,
  ]);
  const wide = levels.map(({ scores, distances }) =>
    range(at(scores.shape, 1)).flatMap((i) => [
      ...scores.data.subarray(3 * i, 3 * i + 3),
      ...distances.data.subarray(32 * i, 32 * i + 32),
    ]),
  );
  const joined = tensorOf('float32', [1, CELLS, 35], wide.flat());
  const [scores, extents] = [rows([1, 16, 24, 5], UNIT), rows([1, 16, 24, 4], [2, 20])];
  const first = (x: Tensor): Tensor =>
    reshaped(turned(reshaped(x, [1, 384, x.data.length / 384])), [1, x.data.length / 384, 16, 24]);
  const peaks = decodeTtfNet(scores, extents, 4);
  return [
    { decode: 'fastest-det', title: 'a map', outputs: { 758: fastest }, boxes: decodeFastestDet(fastest, INPUT) },
    {
      decode: 'nanodet',
      title: 'outputs of each stride',
      outputs: Object.fromEntries(parts),
      boxes: decodeNanoDet(levels, INPUT),
    },
    {
      decode: 'nanodet',
      title: 'joined rows',
      labels: ['a', 'b', 'c'],
      outputs: { output: joined },
      boxes: decodeNanoDet(levels, INPUT),
    },
    { decode: 'centernet', title: 'channels last', outputs: { wh: extents, keypoints: scores }, boxes: peaks },
    { decode: 'centernet', title: 'channels first', outputs: { hm: first(scores), wh: first(extents) }, boxes: peaks },
  ];
}

const V2 = [
  [1.08, 1.19],
  [3.42, 4.41],
  [6.63, 11.38],
  [9.42, 5.11],
  [16.62, 10.52],
] as const;

function darknet(): HeadCase[] {
  const grid = reshaped(turned(rows([1, 6, 35], ...SMALL)), [1, 35, 2, 3]);
  const last = rows([1, 6, 35], ...SMALL);
  const anchors = V2.map(([w, h]) => [32 * w, 32 * h] as const);
  const large = reshaped(turned(rows([1, 6, 24], ...EIGHT)), [1, 24, 2, 3]);
  const small = reshaped(turned(rows([1, 24, 24], ...EIGHT)), [1, 24, 4, 6]);
  const levels = [
    {
      map: large,
      stride: 32,
      anchors: [
        [81, 82],
        [135, 169],
        [344, 319],
      ],
      joint: false,
    },
    {
      map: small,
      stride: 16,
      anchors: [
        [10, 14],
        [23, 27],
        [37, 58],
      ],
      joint: false,
    },
  ] as const;
  return [
    {
      decode: 'tiny-yolov2',
      title: 'known by the name of its output',
      outputs: { grid },
      boxes: decodeDarknet([{ map: grid, stride: 32, anchors, joint: true }]),
    },
    {
      decode: 'tiny-yolov2',
      title: 'channels last',
      named: true,
      outputs: { boxes: reshaped(last, [1, 2, 3, 35]) },
      boxes: decodeDarknet([{ map: reshaped(turned(last), [1, 35, 2, 3]), stride: 32, anchors, joint: true }]),
    },
    {
      decode: 'tiny-yolov3',
      title: 'two maps',
      named: true,
      outputs: { a: small, b: large },
      boxes: decodeDarknet(levels),
    },
  ];
}

function sets(): HeadCase[] {
  const boxes = rows([1, 100, 4], UNIT, UNIT, [0.1, 0.5], [0.1, 0.5]);
  const logits = rows([1, 100, 4], LOGIT);
  const corners = rows([1, 40, 4], [0, 0.5], [0, 0.5], [0.5, 1], [0.5, 1]);
  const [classes, scores] = [
    tensorOf(
      'float32',
      [1, 40],
      range(40).map((i) => i % 3),
    ),
    rows([1, 40], UNIT),
  ];
  const count = tensorOf('float32', [1], [40]);
  const from = (first: number): DecodedBox[] =>
    range(40).map((i) => {
      const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = corners.data.subarray(4 * i);
      const box = { x1: x1 * 96, y1: y1 * 64, x2: x2 * 96, y2: y2 * 64 };
      return { ...box, score: at(scores.data, i), index: at(classes.data, i) - first };
    });
  const upward = tensorOf(
    'float32',
    [1, 40],
    Array.from(classes.data, (v) => v + 1.01),
  );
  const decoded = rows([1, 50, 6], [0, 40], [0, 30], [41, 96], [31, 64], UNIT, [0, 0]);
  range(50).forEach((i) => (decoded.data[6 * i + 5] = i % 4));
  const listed = reshaped(rows([1, 30, 4], [0, 40], [0, 30], [41, 96], [31, 64]), [30, 4]);
  const labels = tensorOf(
    'int64',
    [30],
    range(30).map((i) => i % 5),
  );
  const chances = reshaped(rows([1, 30], UNIT), [30]);
  const nas = { boxes: rows([1, CELLS, 4], [0, 40], [0, 30], [41, 96], [31, 64]), scores: rows([1, CELLS, 3], UNIT) };
  return [
    {
      decode: 'detr',
      title: '100 queries',
      distinct: true,
      outputs: { logits, pred_boxes: boxes },
      boxes: decodeQueries(logits, boxes, INPUT, true),
    },
    {
      decode: 'rt-detr',
      title: 'as many logits as classes',
      distinct: true,
      labels: ['a', 'b', 'c', 'd'],
      outputs: { pred_boxes: boxes, logits },
      boxes: decodeQueries(logits, boxes, INPUT, false),
    },
    {
      decode: 'ssd',
      title: 'TFLite',
      distinct: true,
      outputs: { a: corners, b: classes, c: scores, d: count },
      boxes: from(0),
    },
    {
      decode: 'ssd',
      title: 'TFLite by a converter',
      distinct: true,
      outputs: { a: scores, b: corners, c: count, d: classes },
      boxes: from(0),
    },
    {
      decode: 'ssd',
      title: 'Object Detection API',
      distinct: true,
      outputs: {
        'detection_scores:0': scores,
        'detection_classes:0': upward,
        'detection_boxes:0': corners,
        'num_detections:0': count,
      },
      boxes: from(0),
    },
    {
      decode: 'rows',
      title: 'decoded rows',
      outputs: { output0: decoded },
      boxes: range(50).map((i) => {
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, score = 0, index = 0] = decoded.data.subarray(6 * i);
        return { x1, y1, x2, y2, score, index };
      }),
    },
    {
      decode: 'torchvision',
      title: 'lists',
      distinct: true,
      outputs: { boxes: listed, labels, scores: chances },
      boxes: boxesOf(listed, (i) => ({ score: at(chances.data, i), index: i % 5 })),
    },
    {
      decode: 'yolo-nas',
      title: 'boxes and scores',
      outputs: nas,
      boxes: boxesOf(nas.boxes, (i) => {
        const own = Array.from(nas.scores.data.subarray(3 * i, 3 * i + 3));
        return { score: Math.max(...own), index: own.indexOf(Math.max(...own)) };
      }),
    },
  ];
}

/** Rows of a detector's last layer: label, score and corners in shares, behind the number of the image; zeros behind them. */
function layers(): HeadCase[] {
  const own = rows([1, 30, 6], [0, 0], UNIT, [0, 0.4], [0, 0.4], [0.5, 1], [0.5, 1]);
  range(30).forEach((i) => (own.data[6 * i] = 1 + (i % 4)));
  const listed = Array.from({ length: 50 }, (_, i) =>
    i < 30 ? [0, ...own.data.subarray(6 * i, 6 * i + 6)] : Array.from({ length: 7 }, () => 0),
  );
  const boxes = range(30).map((i) => {
    const [index = 0, score = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = own.data.subarray(6 * i);
    return { x1: x1 * INPUT.width, y1: y1 * INPUT.height, x2: x2 * INPUT.width, y2: y2 * INPUT.height, score, index };
  });
  const network = { decode: 'detection-output', distinct: true, boxes };
  return [
    { ...network, title: 'of Caffe', outputs: { out: tensorOf('float32', [1, 1, 50, 7], listed.flat()) } },
    { ...network, title: 'of ncnn by its name', outputs: { detection_out: own } },
    { ...network, title: 'of ncnn', named: true, outputs: { out0: own } },
  ];
}

function boxesOf({ data }: Tensor, rest: (i: number) => Pick<DecodedBox, 'score' | 'index'>): DecodedBox[] {
  return range(data.length / 4).map((i) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = data.subarray(4 * i);
    return { x1, y1, x2, y2, ...rest(i) };
  });
}

/** All of them. */
export const HEAD_CASES: readonly HeadCase[] = [...yolos(), ...grids(), ...darknet(), ...sets(), ...layers()];
