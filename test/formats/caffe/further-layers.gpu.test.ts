/** Every row of Caffe's further layers on both backends, beside plain loops. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { zeros, type Tensor } from '../../../src/core/tensor.ts';
import { FURTHER_CAFFE_LAYERS } from '../../../src/formats/caffe/further-layers.ts';
import { caffeImporter } from '../../../src/formats/caffe/index.ts';
import type { ImportedModel } from '../../../src/formats/importer.ts';
import { caffeFiles, type CaffeBlobs } from '../../helpers/caffe-models.ts';
import { expectClose } from '../../helpers/close.ts';
import { runLayers, type LayerBackend } from '../../helpers/layer-graphs.ts';
import { DETECT_CASES } from './detect-cases.ts';
import {
  MORE_FUNCTION_CASES,
  REARRANGE_CASES,
  RESAMPLE_CASES,
  STATISTICS_CASES,
  type FurtherCase,
} from './further-cases.ts';

const FURTHER_CASES: Readonly<Record<string, FurtherCase>> = {
  ...MORE_FUNCTION_CASES,
  ...RESAMPLE_CASES,
  ...REARRANGE_CASES,
  ...STATISTICS_CASES,
  ...DETECT_CASES,
};

const inputName = (i: number): string => 'abcd'.charAt(i);

/** Inputs of the case's channels, and other extents than come: what a file says of those is no rule. */
function textOfCase({ text, inputs }: FurtherCase): string {
  const shapes = inputs.map(({ shape }, i) => {
    const dims = shape.map((extent, axis) => `dim: ${axis === 1 ? extent : extent + 1}`).join(' ');
    return `layer { name: "in${i}" type: "Input" top: "${inputName(i)}" input_param { shape { ${dims} } } }`;
  });
  return [...shapes, text].join('\n');
}

function load(text: string, blobs: CaffeBlobs = {}): Promise<ImportedModel> {
  return caffeImporter.load(caffeFiles(text, blobs));
}

async function run(given: FurtherCase, backend: LayerBackend): Promise<Tensor[]> {
  const { inputs, blobs = [] } = given;
  const { graph } = await load(textOfCase(given), blobs.length > 0 ? { l: blobs } : {});
  return runLayers(graph, Object.fromEntries(inputs.map((t, i) => [inputName(i), t])), backend);
}

describe.each(['cpu', 'webgpu'] as const)('on %s', (backend) => {
  it.each(Object.entries(FURTHER_CASES))('%s', async (_, given) => {
    const actual = await run(given, backend);
    expect(actual.map(({ shape }) => shape)).toEqual(given.expected.map(({ shape }) => shape));
    actual.forEach((tensor, i) => expectClose(tensor, given.expected[i] ?? tensor, floatTolerance(100)));
  });
});

it('has a case for every further row', () => {
  const texts = Object.values(FURTHER_CASES).map(({ text }) => text);
  // Code in Python is a type of its own: the word, then the code's name.
  const isTested = (type: string): boolean => {
    const [word = '', code = ''] = type.split(' ');
    return texts.some((text) => text.includes(`"${word}"`) && text.includes(code.split('.').at(-1) ?? ''));
  };
  expect(Object.keys(FURTHER_CAFFE_LAYERS).filter((type) => !isTested(type))).toEqual([]);
});

/** A layer of blobs of one input. */
const one = (type: string, param: string, dims = 'dim: 1 dim: 4 dim: 6 dim: 6', bottoms = 'bottom: "a"'): string =>
  [
    `layer { name: "in" type: "Input" top: "a" input_param { shape { ${dims} } } }`,
    `layer { name: "l" type: "${type}" ${bottoms} top: "y" ${param} }`,
  ].join('\n');

describe('is refused by name', () => {
  const DETECTION = 'bottom: "a" bottom: "a" bottom: "a"';
  it.each([
    [
      'a falling threshold',
      one('DetectionOutput', 'detection_output_param { num_classes: 2 nms_param { eta: 0.9 } }', undefined, DETECTION),
      /eta 0.9/,
    ],
    [
      'detections without a class',
      one('DetectionOutput', 'detection_output_param { num_classes: 1 }', undefined, DETECTION),
      /none is left/,
    ],
    [
      'an unknown code',
      one('DetectionOutput', 'detection_output_param { num_classes: 2 code_type: SIDES }', undefined, DETECTION),
      /SIDES/,
    ],
    [
      'scores of objects',
      one('DetectionOutput', 'detection_output_param { num_classes: 2 objectness_score: 0.1 }', undefined, DETECTION),
      /objectness_score/,
    ],
    [
      'priors of other densities',
      one('PriorBox', 'prior_box_param { min_size: 8 density: 2 }', undefined, 'bottom: "a" bottom: "a"'),
      /density/,
    ],
    [
      'priors without a size',
      one('PriorBox', 'prior_box_param { flip: true }', undefined, 'bottom: "a" bottom: "a"'),
      /sizes and ratios/,
    ],
    [
      'three variances',
      one('PriorBox', 'prior_box_param { min_size: 8 variance: [1, 2, 3] }', undefined, 'bottom: "a" bottom: "a"'),
      /3 variances/,
    ],
    [
      'two kinds of steps',
      one('PriorBox', 'prior_box_param { min_size: 8 step: 4 step_h: 4 }', undefined, 'bottom: "a" bottom: "a"'),
      /both given/,
    ],
    ['padding before interpolation', one('Interp', 'interp_param { zoom_factor: 2 pad_beg: 1 }'), /only cut/],
    ['interpolation without extents', one('Interp', ''), /one of these/],
    ['interpolation to a height', one('Interp', 'interp_param { height: 4 }'), /height and width/],
    ['extents without a mask', one('Upsample', 'upsample_param { upsample_h: 9 upsample_w: 9 }'), /without the mask/],
    [
      'groups that do not fit',
      one('ShuffleChannel', 'shuffle_channel_param { group: 3 }'),
      /4 channels are not 3 groups/,
    ],
    [
      'bins that do not fit',
      one('PSROIPooling', 'psroi_pooling_param { group_size: 3 output_dim: 2 }', undefined, 'bottom: "a" bottom: "a"'),
      /need 18, not 4/,
    ],
    [
      'other code in Python',
      one('Python', 'python_param { module: "rpn.other" layer: "Other" }'),
      /Python rpn.other.Other/,
    ],
    [
      'proposals with more parameters',
      one(
        'Python',
        `python_param { module: "rpn.proposal_layer" layer: "ProposalLayer" param_str: "{'feat_stride': 16, 'top': 3}" }`,
        undefined,
        DETECTION,
      ),
      /top of param_str/,
    ],
    [
      'a map of two dimensions',
      one('Reorg', 'reorg_param { stride: 2 }', 'dim: 1 dim: 4'),
      /2 dimensions instead of 4/,
    ],
    ['a tile without a number', one('Tile', ''), /tiles/],
  ])('%s', async (_, text, reason) => {
    await expect(load(text)).rejects.toThrow(reason);
  });
});

/** Zeros in a shape. */
const zero = (...shape: number[]): Tensor => zeros('float32', shape);

it('detections leave as many rows as may be kept', async () => {
  const text = [
    ...['loc', 'conf'].map(
      (name) => `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { dim: 1 dim: 8 } } }`,
    ),
    'layer { name: "pri" type: "Input" top: "pri" input_param { shape { dim: 1 dim: 2 dim: 8 } } }',
    'layer { name: "l" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "pri" top: "y" detection_output_param { num_classes: 4 keep_top_k: 9 } }',
  ].join('\n');
  const { graph } = await load(text);
  const [rows] = await runLayers(graph, { loc: zero(1, 8), conf: zero(1, 8), pri: zero(1, 2, 8) });
  expect(rows?.shape).toEqual([1, 1, 9, 7]);
});
