/** Cases of Caffe's layers of detectors, beside plain loops; what the shared layers do is tested in test/formats/lib. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { ssdPriorBoxes } from '../../../src/ir/priors/ssd.ts';
import { at, range } from '../../../src/util/arrays.ts';
import { ssdRows } from '../../helpers/decoders/ssd-layer.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';
import type { FurtherCase } from './further-cases.ts';
import { layer } from './layer-case.ts';
import { make, read } from './plain.ts';

const random = (shape: readonly number[], low = -1, high = 1): Tensor =>
  randomTensor('float32', shape, randomSource(shape.length + (shape[1] ?? 0)), low, high);

const map = random([1, 3, 4, 5]);
const picture = random([1, 3, 33, 47]);

function priors(
  param: string,
  options: Partial<Parameters<typeof ssdPriorBoxes>[0]>,
  variances: readonly number[],
): FurtherCase {
  const boxes = ssdPriorBoxes({
    map: [4, 5],
    picture: [33, 47],
    minSizes: [8],
    maxSizes: [],
    aspectRatios: [],
    flip: true,
    clip: false,
    offset: 0.5,
    ...options,
  });
  const data = [...boxes.data, ...range(boxes.data.length / 4).flatMap(() => variances)];
  return {
    text: layer('PriorBox', `prior_box_param { ${param} }`, { bottoms: ['a', 'b'] }),
    inputs: [map, picture],
    expected: [tensorOf('float32', [1, 2, boxes.data.length], data)],
  };
}

const tenth = [0.1, 0.1, 0.1, 0.1];

function detections(): FurtherCase {
  const corners = range(20).flatMap((i) => [i / 40, i / 50, i / 40 + 0.3, i / 50 + 0.25]);
  const [locations, scores] = [random([2, 80]), random([2, 60], 0, 1)];
  const all = tensorOf('float32', [1, 2, 80], [...corners, ...range(20).flatMap(() => [0.1, 0.1, 0.2, 0.2])]);
  const param =
    'num_classes: 3 code_type: CENTER_SIZE keep_top_k: 10 confidence_threshold: 0.25 nms_param { nms_threshold: 0.4 top_k: 8 }';
  const rows = ssdRows(
    2,
    { locations: locations.data, scores: scores.data, priors: all.data },
    {
      classes: 3,
      background: 0,
      shareLocation: true,
      coding: 'centerSize',
      varianceInTarget: false,
      clip: false,
      confidence: 0.25,
      overlap: Math.fround(0.4),
      topK: 8,
      keepTopK: 10,
    },
  );
  const behind = range((20 - rows.length) * 7).map(() => 0);
  return {
    text: layer('DetectionOutput', `detection_output_param { ${param} save_output_param { output_directory: "x" } }`, {
      bottoms: ['a', 'b', 'c'],
    }),
    inputs: [locations, scores, all],
    expected: [tensorOf('float32', [1, 1, 20, 7], [...rows.flat(), ...behind])],
  };
}

/**
 * Proposals of one anchor of 16 pixels whose boxes do not move: the cells whose scores are best, but those of which too little is on
 * the picture. The box of an anchor from 0 to 15 ends at 16: the authors add half its width of 16 to the middle.
 */
function proposals(
  type: 'Proposal' | 'Python',
  param: string,
  { most, least }: { most: number; least: number },
): FurtherCase {
  const scores = make([1, 2, 3, 4], ([, k = 0, i = 0, j = 0]) => (k === 1 ? (i * 5 + j * 3) / 30 : -1));
  const text = layer(type, param, { bottoms: ['a', 'b', 'c'], tops: ['y', 'z'] });
  const inputs = [scores, make([1, 4, 3, 4], () => 0), tensorOf('float32', [1, 3], [40, 60, 1])];
  const rows = range(12)
    .map((cell) => {
      const [x, y] = [(cell % 4) * 16, Math.floor(cell / 4) * 16];
      return { box: [x, y, Math.min(x + 16, 59), Math.min(y + 16, 39)] as const, score: at(scores.data, 12 + cell) };
    })
    .filter(({ box: [x, y, right, bottom] }) => Math.min(right - x, bottom - y) + 1 >= least)
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
  const boxes = rows.flatMap(({ box }) => [0, ...box]);
  const best = rows.map(({ score }) => score);
  const count = rows.length;
  return { text, inputs, expected: [tensorOf('float32', [count, 5], boxes), tensorOf('float32', [count, 1], best)] };
}

const rois = tensorOf(
  'float32',
  [5, 5],
  [0, 0, 0, 40, 30, 1, 5, 9, 25, 60, 0, 50, 50, 70, 70, 1, 3, 3, 3, 3, 0, -4, -7, 12, 13],
);
const maps = random([2, 18, 9, 11]);
const half = (v: number): number => Math.sign(v) * Math.floor(Math.abs(v) + 0.5);

/** The elements of a bin. */
function bin(
  image: number,
  channel: number,
  rows: readonly [number, number],
  columns: readonly [number, number],
): number[] {
  const [top, left] = [Math.max(0, rows[0]), Math.max(0, columns[0])];
  const [bottom, right] = [Math.min(9, rows[1]), Math.min(11, columns[1])];
  return range(Math.max(0, bottom - top)).flatMap((i) =>
    range(Math.max(0, right - left)).map((j) => read(maps, [image, channel, top + i, left + j]) ?? NaN),
  );
}

/** The rows of a bin of a region whose ends are whole. */
function wholeBin(start: number, end: number, k: number, bins: number): [number, number] {
  const size = Math.max(end - start + 1, 1) / bins;
  return [start + Math.floor(k * size), start + Math.ceil((k + 1) * size)];
}

/** The rows of one of three bins of a region whose ends are pixels of the picture. */
function sharedBin(first: number, last: number, k: number): [number, number] {
  const [start, end] = [half(first) / 8, (half(last) + 1) / 8];
  const size = Math.max(end - start, 0.1) / 3;
  return [Math.floor(k * size + start), Math.ceil((k + 1) * size + start)];
}

function roiPool(): FurtherCase {
  const expected = make([5, 18, 3, 4], ([r = 0, c = 0, i = 0, j = 0]) => {
    const [image = 0, ...ends] = range(5).map((k) => at(rois.data, r * 5 + k));
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = ends.map((v) => half(v / 8));
    const values = bin(image, c, wholeBin(y1, y2, i, 3), wholeBin(x1, x2, j, 4));
    return values.length === 0 ? 0 : Math.max(...values);
  });
  const param = 'roi_pooling_param { pooled_h: 3 pooled_w: 4 spatial_scale: 0.125 }';
  return { text: layer('ROIPooling', param, { bottoms: ['a', 'b'] }), inputs: [maps, rois], expected: [expected] };
}

function psRoiPool(): FurtherCase {
  const expected = make([5, 2, 3, 3], ([r = 0, c = 0, i = 0, j = 0]) => {
    const [image = 0, ...ends] = range(5).map((k) => at(rois.data, r * 5 + k));
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = ends;
    const values = bin(image, (c * 3 + i) * 3 + j, sharedBin(y1, y2, i), sharedBin(x1, x2, j));
    return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
  });
  const param = 'psroi_pooling_param { output_dim: 2 group_size: 3 spatial_scale: 0.125 }';
  return { text: layer('PSROIPooling', param, { bottoms: ['a', 'b'] }), inputs: [maps, rois], expected: [expected] };
}

/** The authors' layer, whose anchors the string says to be one. */
function proposalsInPython(): FurtherCase {
  const param = `python_param { module: "rpn.proposal_layer" layer: "ProposalLayer" param_str: "'feat_stride': 16\\n'scales': !!python/tuple [1]\\n'ratios': [1]" }`;
  return proposals('Python', param, { most: 300, least: 16 });
}

/** Layers of detectors. */
export const DETECT_CASES: Readonly<Record<string, FurtherCase>> = {
  PriorBox: priors(
    'min_size: 8 max_size: 20 aspect_ratio: [2, 3, 2] variance: [0.1, 0.1, 0.2, 0.2]',
    { maxSizes: [20], aspectRatios: [2, 3] },
    [0.1, 0.1, 0.2, 0.2],
  ),
  'PriorBox, a step and a clip': priors(
    'min_size: 8 step: 9 clip: true offset: 0.25',
    { step: [9, 9], clip: true, offset: 0.25 },
    tenth,
  ),
  'PriorBox, steps of each axis': priors(
    'min_size: 8 aspect_ratio: 2 flip: false step_h: 8 step_w: 9 variance: 0.3',
    { step: [8, 9], aspectRatios: [2], flip: false },
    [0.3, 0.3, 0.3, 0.3],
  ),
  'PriorBox, a picture of a size': priors('min_size: 8 img_h: 40 img_w: 60', { picture: [40, 60] }, tenth),
  DetectionOutput: detections(),
  Proposal: proposals(
    'Proposal',
    'proposal_param { ratio: 1 scale: 1 post_nms_topn: 5 pre_nms_topn: 9 min_size: 4 nms_thresh: 0.5 }',
    { most: 5, least: 4 },
  ),
  'Proposal in Python': proposalsInPython(),
  ROIPooling: roiPool(),
  PSROIPooling: psRoiPool(),
};
