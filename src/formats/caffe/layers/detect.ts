/** Layers of detectors: priors and what becomes of them, proposals, and pools of regions. */
import { LoadError } from '../../../core/errors.ts';
import { rcnnAnchors } from '../../../ir/priors/anchors.ts';
import type { MapExtent } from '../../../ir/priors/cells.ts';
import { ssdPriorSizes, type PriorSizes } from '../../../ir/priors/ssd.ts';
import { range } from '../../../util/arrays.ts';
import { detectionOutputNodes } from '../../lib/detection-output.ts';
import { priorBoxNodes } from '../../lib/prior-box.ts';
import { proposalNodes, type ProposalLayer } from '../../lib/proposal.ts';
import type { CaffeContext } from '../context.ts';
import type { TextMessage } from '../text-message.ts';

/** Sizes that do not fit are a fault of the layer. */
function checked<T>(c: CaffeContext, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof LoadError || !(error instanceof Error)) throw error;
    return c.fail(error.message);
  }
}

/** Height and width from one field for both, or from one for each; undefined where there is none. */
function sides(
  c: CaffeContext,
  param: TextMessage,
  both: string,
  each: readonly [string, string],
): MapExtent | undefined {
  const said = [both, ...each].filter((field) => param.has(field));
  if (said.length === 0) return undefined;
  if (param.has(both) && said.length > 1) c.fail(`${both} and ${said.slice(1).join(', ')} are both given`);
  const [height = 0, width = 0] = param.has(both)
    ? range(2).map(() => param.number(both, 0))
    : each.map((field) => param.number(field, 0));
  return height > 0 && width > 0 ? [height, width] : c.fail(`${said.join(', ')} must be above 0`);
}

function priorBox(c: CaffeContext): string {
  const [map = '', picture] = c.bottoms(1, 2);
  const param = c.param('prior_box_param');
  const given: PriorSizes = {
    minSizes: param.numbers('min_size'),
    maxSizes: param.numbers('max_size'),
    aspectRatios: param.numbers('aspect_ratio'),
    flip: param.flag('flip', true),
  };
  const variances = param.numbers('variance');
  if (variances.length > 1 && variances.length !== 4) c.fail(`${variances.length} variances instead of 1 or 4`);
  return priorBoxNodes(c, map, picture, {
    sizes: checked(c, () => ssdPriorSizes(given)),
    clip: param.flag('clip', false),
    offset: param.number('offset', 0.5),
    step: sides(c, param, 'step', ['step_h', 'step_w']),
    picture: sides(c, param, 'img_size', ['img_h', 'img_w']),
    variances: range(4).map((i) => variances[i] ?? variances[0] ?? 0.1),
  });
}

/** No two boxes overlap more than 1, whatever the file says. */
function overlapLimit(c: CaffeContext, field: string, value: number): number {
  return value >= 0 ? Math.min(1, value) : c.fail(`${field} ${value} is not 0 or more`);
}

/** Caffe's lowest float: every score is above it. */
const NO_THRESHOLD = -3.4028234663852886e38;

const CODINGS = { CORNER: 'corner', CENTER_SIZE: 'centerSize', CORNER_SIZE: 'cornerSize' } as const;

function detectionOutput(c: CaffeContext): string {
  const [locations = '', scores = '', priors = ''] = c.bottoms(3, 3);
  const param = c.param('detection_output_param');
  // What is written to files or shown on a screen besides.
  param.ignore('save_output_param', 'visualize', 'visualize_threshold', 'save_file');
  const nms = param.message('nms_param');
  const eta = nms.number('eta', 1);
  if (eta !== 1) c.refuse(`nms_param.eta ${Number(eta.toPrecision(6))}, a threshold that falls as boxes are chosen`);
  const code = param.choice('code_type', 'CORNER', ['CORNER', 'CENTER_SIZE', 'CORNER_SIZE'], 1);
  return detectionOutputNodes(
    c,
    { locations, scores, priors },
    {
      classes: param.count('num_classes', 0, 1),
      background: param.integer('background_label_id', 0),
      shareLocation: param.flag('share_location', true),
      coding: CODINGS[code],
      varianceInTarget: param.flag('variance_encoded_in_target', false),
      clip: param.flag('clip', false),
      confidence: param.number('confidence_threshold', NO_THRESHOLD),
      overlap: overlapLimit(c, 'nms_threshold', nms.number('nms_threshold', 0.3)),
      topK: nms.integer('top_k', -1),
      keepTopK: param.integer('keep_top_k', -1),
      form: 'listed',
    },
  );
}

/** Faster R-CNN's proposals, of which the second top has the scores. */
function proposalOf(
  c: CaffeContext,
  base: number,
  ratios: readonly number[],
  scales: readonly number[],
  layer: Omit<ProposalLayer, 'anchors' | 'extent'>,
): string[] {
  const [scores = '', deltas = '', info = ''] = c.bottoms(3, 3);
  const shapes = checked(c, () => rcnnAnchors({ map: [1, 1], stride: [1, 1], ratios, sizes: scales }, base));
  const anchors = range(ratios.length * scales.length).map((i) => Array.from(shapes.data.slice(4 * i, 4 * i + 4)));
  const found = proposalNodes(c, { scores, deltas, info }, { ...layer, anchors, extent: 1 });
  return [found.rois, c.reshape(found.scores, [-1, 1])].slice(0, Math.max(1, c.topCount));
}

function proposal(c: CaffeContext): string[] {
  const param = c.param('proposal_param');
  return proposalOf(c, param.count('base_size', 16, 1), param.numbers('ratio'), param.numbers('scale'), {
    stride: param.count('feat_stride', 16, 1),
    before: param.count('pre_nms_topn', 6000),
    after: param.count('post_nms_topn', 300),
    overlap: overlapLimit(c, 'nms_thresh', param.number('nms_thresh', 0.7)),
    minSize: param.number('min_size', 16),
  });
}

/** A key of a string of parameters in Python or YAML, and what it is. */
const PYTHON_PARAMETER = /^\s*['"]?(\w+)['"]?\s*:(.*)$/;

/** Longer than any such string. */
const MAX_PARAMETERS = 1000;

/** Parameters of a layer in Python, `'feat_stride': 16` and the like, as lists of numbers. Refuses what it has besides. */
function pythonNumbers(c: CaffeContext, text: string): ReadonlyMap<string, number[]> {
  if (text.length > MAX_PARAMETERS) c.refuse(`a param_str of ${text.length} characters`);
  const entries = text
    .replace(/^\s*\{|\}\s*$/g, '')
    .split(/[\n;]|,(?=\s*['"]?[A-Za-z_]\w*['"]?\s*:)/)
    .filter((part) => part.trim() !== '');
  return new Map(
    entries.map((entry) => {
      const [, key = '', value = ''] = PYTHON_PARAMETER.exec(entry) ?? c.refuse(`param_str ${JSON.stringify(text)}`);
      const numbers = value
        .trim()
        .replace(/^!!python\/tuple/, '')
        .replace(/[[\]()]/g, ' ')
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(Number);
      if (numbers.some(Number.isNaN)) c.refuse(`param_str ${JSON.stringify(text)}`);
      return [key, numbers];
    }),
  );
}

/** Code in Python is not there, but that of this layer is known: the authors' proposals, with their defaults. */
function pythonProposal(c: CaffeContext): string[] {
  const param = c.param('python_param');
  param.ignore('module', 'layer', 'share_in_parallel');
  const numbers = pythonNumbers(c, param.text('param_str', ''));
  const others = [...numbers.keys()].filter((key) => !['feat_stride', 'scales', 'ratios', 'base_size'].includes(key));
  if (others.length > 0) c.refuse(`${others.join(', ')} of param_str`);
  const [stride = c.fail('param_str has no feat_stride')] = numbers.get('feat_stride') ?? [];
  const [base = 16] = numbers.get('base_size') ?? [];
  return proposalOf(c, base, numbers.get('ratios') ?? [0.5, 1, 2], numbers.get('scales') ?? [8, 16, 32], {
    stride,
    before: 6000,
    after: 300,
    overlap: 0.7,
    minSize: 16,
  });
}

function roiPooling(c: CaffeContext): string {
  const [x = '', rois = ''] = c.bottoms(2, 2);
  const param = c.param('roi_pooling_param');
  const [outputHeight, outputWidth] = [param.count('pooled_h', 0, 1), param.count('pooled_w', 0, 1)];
  const spatialScale = param.number('spatial_scale', 1);
  return pooledRegions(c, x, (image) =>
    c.main('MaxRoiPool', [image, rowsOf(c, rois)], { outputHeight, outputWidth, spatialScale }),
  );
}

function psRoiPooling(c: CaffeContext): string {
  const [x = '', rois = ''] = c.bottoms(2, 2);
  const param = c.param('psroi_pooling_param');
  const [bins, channels] = [param.count('group_size', 0, 1), param.count('output_dim', 0, 1)];
  const spatialScale = param.number('spatial_scale', 1);
  const given = c.extents(x)[1];
  if (given !== undefined && given !== channels * bins * bins) {
    c.fail(`${channels} channels of ${bins} × ${bins} bins need ${channels * bins * bins}, not ${given}`);
  }
  const attributes = { outputHeight: bins, outputWidth: bins, spatialScale, ends: 'unscaled' } as const;
  return pooledRegions(c, x, (image) => c.main('PsRoiPool', [image, rowsOf(c, rois)], attributes));
}

function pooledRegions(c: CaffeContext, x: string, compute: (x: string) => string): string {
  if (c.rank(x) !== 4) c.fail(`pools a blob of ${c.rank(x)} dimensions instead of 4`);
  return c.aroundLast(x, compute);
}

/** Regions as `[R, 5]`: some files have them with extents of 1 behind. */
function rowsOf(c: CaffeContext, rois: string): string {
  return c.rank(rois) === 2 ? rois : c.reshape(rois, [0, 5]);
}

/** Layers of detectors. */
export const DETECT = {
  PriorBox: priorBox,
  DetectionOutput: detectionOutput,
  Proposal: proposal,
  'Python rpn.proposal_layer.ProposalLayer': pythonProposal,
  ROIPooling: roiPooling,
  PSROIPooling: psRoiPooling,
};
