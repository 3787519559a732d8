/** Raw maps of Darknet's networks: YOLO v2 (Redmon and Farhadi, arXiv:1612.08242) and v3 (arXiv:1804.02767). */
import { yoloAnchors } from '../ir/priors/cells.ts';
import { at, sameArray } from '../util/arrays.ts';
import { bestClass, isClassCount } from './best-class.ts';
import { PLAIN_DECODING, type BoxNodes } from './box-nodes.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import { mapOf, type InputExtents } from './pyramid.ts';

type Sizes = readonly (readonly [width: number, height: number])[];

/** One map of a network: the sizes of its anchors, in pixels. */
interface DarknetMap {
  readonly stride: number;
  readonly sizes: Sizes;
}

/** A network. */
interface Darknet {
  readonly name: string;
  /** What is said of its anchors. */
  readonly of: string;
  readonly maps: readonly DarknetMap[];
  /** Classes have one softmax, not a sigmoid each. */
  readonly joint: boolean;
  /** What its output is called, where it is the only one known of this shape. */
  readonly output?: string;
  readonly preprocessing: Partial<Preprocessing>;
}

/** Numbers of a box before those of classes: x, y, width, height, objectness. */
const FIRST = 5;

const inCells = (stride: number, sizes: Sizes): DarknetMap => ({
  stride,
  sizes: sizes.map(([width, height]) => [width * stride, height * stride] as const),
});

/** As large as fits, the rest grey, in 0…1. */
const DARKNET = { fit: 'contain', padding: [128, 128, 128], mean: [0, 0, 0], std: [255, 255, 255] } as const;

/** Anchors as the networks' own files have them. */
const NETWORKS: readonly Darknet[] = [
  {
    name: 'tiny-yolov2',
    of: 'tiny YOLO v2 for VOC',
    maps: [
      inCells(32, [
        [1.08, 1.19],
        [3.42, 4.41],
        [6.63, 11.38],
        [9.42, 5.11],
        [16.62, 10.52],
      ]),
    ],
    joint: true,
    output: 'grid',
    preprocessing: { fit: 'stretch', mean: [0, 0, 0], std: [1, 1, 1] },
  },
  {
    name: 'yolov2',
    of: 'YOLO v2 for COCO',
    maps: [
      inCells(32, [
        [0.57273, 0.677385],
        [1.87446, 2.06253],
        [3.33843, 5.47434],
        [7.88282, 3.52778],
        [9.77052, 9.16828],
      ]),
    ],
    joint: true,
    preprocessing: DARKNET,
  },
  {
    name: 'yolov3',
    of: 'YOLO v3 for COCO',
    maps: [
      {
        stride: 32,
        sizes: [
          [116, 90],
          [156, 198],
          [373, 326],
        ],
      },
      {
        stride: 16,
        sizes: [
          [30, 61],
          [62, 45],
          [59, 119],
        ],
      },
      {
        stride: 8,
        sizes: [
          [10, 13],
          [16, 30],
          [33, 23],
        ],
      },
    ],
    joint: false,
    preprocessing: DARKNET,
  },
  {
    name: 'tiny-yolov3',
    of: 'tiny YOLO v3 for COCO',
    maps: [
      {
        stride: 32,
        sizes: [
          [81, 82],
          [135, 169],
          [344, 319],
        ],
      },
      {
        stride: 16,
        sizes: [
          [10, 14],
          [23, 27],
          [37, 58],
        ],
      },
    ],
    joint: false,
    preprocessing: DARKNET,
  },
];

/** A head for each network. Its anchors are in no output: but for one, whose output has a name of its own, it is to be named. */
export const YOLO_MAPS: readonly Head[] = NETWORKS.map((network) => ({
  name: network.name,
  reads: readingOf(network),
  fits: (outputs, input) => {
    const found = network.maps.flatMap((map) => outputs.filter((output) => channelsOf(output, map, input)).slice(0, 1));
    const [first = NaN, ...others] = found.map((output, i) => classesOf(output, at(network.maps, i), input));
    const known = input.named || (network.output !== undefined && found[0]?.name === network.output);
    const fit = found.length === network.maps.length && isClassCount(first, input) && others.every((n) => n === first);
    return known && fit ? found : undefined;
  },
  preprocessing: network.preprocessing,
  attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, read, network, input), input),
}));

function readingOf({ of, maps, output }: Darknet): string {
  const where = output === undefined ? 'where it is named' : `called ${output}, or where it is named`;
  const strides = maps.map(({ stride }) => stride).join(', ');
  const shape = `[1, ${at(maps, 0).sizes.length}·(5 + C), h, w]`;
  return `the raw maps of ${of}, ${shape} or with channels last, of strides ${strides}, ${where}`;
}

/** How many channels a map of this stride has, and whether they are the last axis; undefined for what is none. */
function channelsOf({ shape }: HeadOutput, { stride }: DarknetMap, input: InputExtents) {
  const map = mapOf(stride, input);
  const [batch, ...rest] = shape;
  if (batch !== 1 || rest.length !== 3) return undefined;
  if (sameArray(rest.slice(1), map)) return { count: at(rest, 0), last: false };
  return sameArray(rest.slice(0, 2), map) ? { count: at(rest, 2), last: true } : undefined;
}

function classesOf(output: HeadOutput, map: DarknetMap, input: InputExtents): number {
  const classes = (channelsOf(output, map, input)?.count ?? NaN) / map.sizes.length - FIRST;
  return Number.isInteger(classes) ? classes : NaN;
}

function candidatesOf(nodes: BoxNodes, read: readonly HeadOutput[], network: Darknet, input: HeadInput): Candidates {
  const parts = network.maps.map((map, i) => {
    const [output, anchors] = [at(read, i), yoloAnchors(mapOf(map.stride, input), map.stride, map.sizes)];
    return { rows: rowsOf(nodes, output, map, input), anchors, count: at(anchors.shape, 0) };
  });
  const boxes = parts.map(({ rows, anchors }) => {
    const codes = nodes.columns(rows, 0, FIRST - 1);
    return nodes.builder.one('BoxDecode', [codes, nodes.builder.constant('anchors', anchors)], OF_CELLS);
  });
  const rows = nodes.joined(
    parts.map((part) => part.rows),
    0,
  );
  const columns = FIRST + classesOf(at(read, 0), at(network.maps, 0), input);
  const object = nodes.activated(nodes.entry(rows, FIRST - 1), 'sigmoid');
  const logits = nodes.columns(rows, FIRST, columns);
  const best = bestClass(nodes, network.joint ? nodes.softmax(logits) : nodes.activated(logits, 'sigmoid'));
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    boxes: nodes.joined(boxes, 0),
    scores: nodes.binary('mul', object, best.scores),
    labels: best.labels,
  };
}

const OF_CELLS = {
  ...PLAIN_DECODING,
  coding: 'sigmoidExp',
  anchorForm: 'centers',
  factors: [1, 1, 1, 1],
  clip: [],
} as const;

/** A row of each anchor of each cell. */
function rowsOf(nodes: BoxNodes, output: HeadOutput, map: DarknetMap, input: InputExtents): string {
  const anchors = map.sizes.length;
  const { count = 0, last = false } = channelsOf(output, map, input) ?? {};
  if (last) return nodes.reshaped(output.name, [-1, count / anchors]);
  const apart = nodes.reshaped(output.name, [anchors, count / anchors, -1]);
  const turned = nodes.builder.one('Transpose', [apart], { perm: [2, 0, 1] });
  return nodes.reshaped(turned, [-1, count / anchors]);
}
