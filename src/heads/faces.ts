/** Heads of face detectors: boxes, and key points where the network has some. Their order is that in which they are tried. */
import { tensorOf } from '../core/tensor.ts';
import { cellAnchors, joinedRows, type MapExtent } from '../ir/priors/cells.ts';
import { at, product } from '../util/arrays.ts';
import { BLAZEFACE_POINTS, FIVE_FACE_POINTS } from '../vision/point-names.ts';
import { blazeHead } from './blaze.ts';
import type { BoxNodes } from './box-nodes.ts';
import { decodedRows, isRows, joinedOutputs } from './decoded-rows.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import { MTCNN } from './mtcnn.ts';

/**
 * BlazeFace (Bazarevsky et al., arXiv:1907.05047): of short range, 128² pixels; of full range, 192² on one map; and that for
 * the back camera, 256².
 */
const BLAZEFACE = blazeHead({
  name: 'blazeface',
  finds: 'faces',
  points: BLAZEFACE_POINTS.length,
  preprocessing: { fit: 'contain', mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
});

/** Strides of YuNet's three maps. */
const YUNET_STRIDES = [8, 16, 32] as const;

/** What YuNet gives of each, and how many numbers a cell. */
const YUNET_PARTS = { cls: 1, obj: 1, bbox: 4, kps: 10 } as const;

/** YuNet (Wu et al. 2023, doi:10.1007/s11633-023-1423-y): a prior a cell at its corner, five key points. */
const YUNET: Head = {
  name: 'yunet',
  reads: 'cls_S, obj_S [1, cells, 1], bbox_S [1, cells, 4] and kps_S [1, cells, 10] of the strides S 8, 16 and 32',
  fits: (outputs, input) => {
    const found = Object.entries(YUNET_PARTS).flatMap(([part, columns]) =>
      YUNET_STRIDES.map((stride) => {
        const rows = product(cellsOf(input, stride));
        return outputs.find((output) => output.name === `${part}_${stride}` && isRows(output, columns, rows));
      }),
    );
    const read = found.filter((output) => output !== undefined);
    return read.length === found.length ? read : undefined;
  },
  preprocessing: { fit: 'contain', channelOrder: 'bgr', mean: [0, 0, 0], std: [1, 1, 1] },
  attach: (nodes, read, input) => keptBoxes(nodes, yuNetCandidates(nodes, read, input), input),
};

function yuNetCandidates(nodes: BoxNodes, read: readonly HeadOutput[], input: HeadInput): Candidates {
  const maps = YUNET_STRIDES.length;
  const [classes = '', objects = '', boxes = '', points = ''] = Object.values(YUNET_PARTS).map((columns, part) => {
    return joinedOutputs(nodes, read.slice(part * maps, (part + 1) * maps), [-1, columns]);
  });
  const [cls, obj] = [classes, objects].map((x) => nodes.reshaped(unit(nodes, x), [-1])) as [string, string];
  return {
    ...decodedRows(nodes, {
      codes: nodes.joined([boxes, points], 1),
      anchors: joinedRows(YUNET_STRIDES.map((stride) => cellAnchors(cellsOf(input, stride), stride, 0))),
      coding: 'centerSize',
      points: FIVE_FACE_POINTS.length,
    }),
    scores: nodes.builder.one('Unary', [nodes.binary('mul', cls, obj)], { kind: 'sqrt' }),
  };
}

/** What is not in 0…1, but for NaN, brought there. */
function unit(nodes: BoxNodes, x: string): string {
  return nodes.builder.one('Activation', [x], { activation: { kind: 'clip', alpha: 0, beta: 1 } });
}

function cellsOf({ width, height }: HeadInput, stride: number): MapExtent {
  return [Math.ceil(height / stride), Math.ceil(width / stride)];
}

/** Ultra-Light-Fast-Generic-Face-Detector, the slim one and that with receptive-field blocks: their files decode themselves. */
const RFB: Head = {
  name: 'rfb',
  reads: 'scores [1, N, 2] of background and face, and corners [1, N, 4] in 0…1',
  fits: (outputs) => {
    const scores = outputs.find((output) => isRows(output, 2));
    const boxes = scores && outputs.find((output) => isRows(output, 4, scores.shape[1]));
    return scores && boxes && outputs.length === 2 ? [scores, boxes] : undefined;
  },
  preprocessing: { fit: 'stretch', mean: [127, 127, 127], std: [128, 128, 128] },
  attach: (nodes, read, input) => {
    const [scores, boxes] = read.map(({ name, shape }) => nodes.reshaped(name, [-1, at(shape, 2)])) as [string, string];
    const { width, height } = input;
    const extents = nodes.builder.constant('extents', tensorOf('float32', [4], [width, height, width, height]));
    const pixels = nodes.binary('mul', boxes, extents);
    return keptBoxes(nodes, { count: at(at(read, 0).shape, 1), boxes: pixels, scores: nodes.entry(scores, 1) }, input);
  },
};

/** All that `createFaceDetector` reads. */
export const FACE_HEADS: readonly Head[] = [BLAZEFACE, YUNET, RFB, MTCNN];
