/** Convolutions, and those that are transposed, over one to three dimensions. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { spatialDims, weightsToLast } from '../../lib/channels-first.ts';
import { transposedWeightsToLast } from '../../lib/transposed-weights.ts';
import type { CaffeContext, CaffeTranslation } from '../context.ts';
import { perDimension } from './window.ts';

/** What the parameters of both say. */
interface Convolution {
  readonly x: string;
  readonly outputs: number;
  readonly group: number;
  readonly kernel: readonly number[];
  readonly hasBias: boolean;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
}

/** `groupOf` tells the groups of layers that do not say them: one for each channel. */
function convolution(c: CaffeContext, groupOf?: (channels: number | undefined) => number): Convolution {
  const x = c.bottom();
  const param = c.param('convolution_param');
  param.ignore('weight_filler', 'bias_filler', 'engine', 'force_nd_im2col');
  const rank = c.rank(x);
  if (c.axis(param.integer('axis', 1), rank) !== 1) c.refuse(`axis ${param.integer('axis', 1)} for channels`);
  const dims = spatialDims(c, rank);
  const sized = (field: string, sides: readonly [string, string], least: number, fallback?: number): number[] =>
    perDimension(c, param, dims, { field, sides, least, ...(fallback === undefined ? {} : { fallback }) });
  const pads = sized('pad', ['pad_h', 'pad_w'], 0, 0);
  const outputs = param.count('num_output', 0, 1);
  const said = param.count('group', 1, 1);
  const group = groupOf?.(c.extents(x)[1]) ?? said;
  if (outputs % group !== 0) c.fail(`${outputs} outputs are not of ${group} groups`);
  return {
    x,
    outputs,
    group,
    kernel: sized('kernel_size', ['kernel_h', 'kernel_w'], 1),
    hasBias: param.flag('bias_term', true),
    strides: sized('stride', ['stride_h', 'stride_w'], 1, 1),
    dilations: perDimension(c, param, dims, { field: 'dilation', least: 1, fallback: 1 }),
    pads: [...pads, ...pads],
  };
}

/** Channels in a group, where they are known. */
function channelsPerGroup(c: CaffeContext, { x, group }: Convolution): number | undefined {
  const channels = c.extents(x)[1];
  if (channels !== undefined && channels % group !== 0) c.fail(`${channels} channels are not of ${group} groups`);
  return channels === undefined ? undefined : channels / group;
}

function conv(groupOf?: (c: CaffeContext) => (channels: number | undefined) => number): CaffeTranslation {
  return (c) => {
    const spec = convolution(c, groupOf?.(c));
    const { x, outputs, group, kernel, hasBias, strides, dilations, pads } = spec;
    const file = c.blob(0, [outputs, channelsPerGroup(c, spec), ...kernel]);
    const weights = c.one('Transpose', [file], { perm: weightsToLast(kernel.length + 2) });
    const operands = [weights, ...(hasBias ? [c.blob(1, [outputs])] : [])];
    const attributes = { strides, dilations, pads, padMode: 'explicit', group, activation: NO_ACTIVATION } as const;
    return c.aroundLast(x, (image) => c.main('Conv', [image, ...operands], attributes));
  };
}

function deconvolution(c: CaffeContext): string {
  const spec = convolution(c);
  const { x, outputs, group, kernel, hasBias, strides, dilations, pads } = spec;
  channelsPerGroup(c, spec);
  const file = c.blob(0, [c.extents(x)[1], outputs / group, ...kernel]);
  const weights = transposedWeightsToLast(c, file, kernel.length, group);
  const operands = [weights, ...(hasBias ? [c.blob(1, [outputs])] : [])];
  const outputPads = range(kernel.length).map(() => 0);
  const attributes = { strides, dilations, pads, group, autoPad: 'explicit', outputPads, outputShape: [] } as const;
  return c.aroundLast(x, (image) => {
    return c.main('ConvTranspose', [image, ...operands], { ...attributes, activation: NO_ACTIVATION });
  });
}

/** Layers of forks whose groups are the channels, whatever `group` says. */
const depthwise = conv((c) => (channels) => channels ?? c.refuse('channels that nothing tells'));

/** Convolutions. */
export const CONV = {
  Convolution: conv(),
  ConvolutionDepthwise: depthwise,
  DepthwiseConvolution: depthwise,
  Deconvolution: deconvolution,
};
