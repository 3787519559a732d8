/** Translations of convolutions that few networks have: transposed ones, and those of volumes. */
import { NO_ACTIVATION, type Activation, type TransposedWindow } from '../../../ir/ops.ts';
import { transposedWindow } from '../../lib/transposed.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';
import { imageChannels, convolutionWith, filterShape } from './conv.ts';
import { paddingOf, windowAlong } from './window.ts';

/** What a transposed convolutionWith's options say. */
interface Spread {
  readonly strides: readonly [height: number, width: number];
  readonly padding: 'SAME' | 'VALID';
}

/**
 * The window over images of `[N, H, W, C]` with output extents. The begin is cut as SAME would pad the output, and not at all
 * for VALID: what is too much then lies at the end.
 */
function spreadWindow(c: OperatorContext, spread: Spread, x: number, sizes: readonly number[]): TransposedWindow {
  const { strides, padding } = spread;
  if (strides.some((stride) => stride < 1)) c.fail(`has strides of ${strides.join(', ')}`);
  const [, height = 1, width = 1] = filterShape(c, 4);
  const spec = { kernel: [height, width], strides, dilations: [1, 1], outputShape: sizes };
  if (padding === 'SAME') return transposedWindow({ ...spec, padding: 'same' });
  const { shape, signature } = c.tensor(x);
  if (signature.slice(1, 3).some((extent) => extent < 0)) return transposedWindow({ ...spec, padding: 'valid' });
  const left = sizes.map((size, i) => (strides[i] ?? 1) * ((shape[i + 1] ?? 1) - 1) + (spec.kernel[i] ?? 1) - size);
  return {
    strides,
    dilations: [1, 1],
    pads: [0, 0, ...left.map((extent) => Math.max(0, extent))],
    autoPad: 'explicit',
    outputPads: left.map((extent) => Math.max(0, -extent)),
    outputShape: [],
  };
}

/** The filter, `[O, H, W, I]` as the forward convolution's, rearranged. */
function spreadFilter(c: OperatorContext, x: number): string {
  const [, , , inputs] = filterShape(c, 4);
  const channels = imageChannels(c, x);
  if (inputs !== channels) c.fail(`has filters of ${inputs} channels for images of ${channels}`);
  return c.transposed(1, [1, 2, 3, 0]);
}

/** The bias is one input behind the images, or the filter. */
function spreadConvolution(
  c: OperatorContext,
  window: TransposedWindow,
  operands: { readonly x: number; readonly bias: number; readonly activation: Activation },
): string {
  const bias = c.input(operands.bias, true);
  const values = [c.input(operands.x), spreadFilter(c, operands.x), ...(bias ? [bias] : [])];
  return c.one('ConvTranspose', values, { ...window, group: 1, activation: operands.activation });
}

/** TRANSPOSE_CONV(shape of the output, filter, images, bias): its filter, its window and the code of its activation. */
export function plannedTransposeConv(c: OperatorContext): {
  readonly weights: string;
  readonly window: TransposedWindow;
  readonly activation: number;
} {
  const { padding, strideH, strideW, activation } = c.options('TransposeConv');
  const known = c.constantInput(0);
  const sizes = known ? Array.from(known.data).slice(1, 3) : [];
  const spread: Spread = { strides: [strideH, strideW], padding: paddingOf(c, padding) };
  const window =
    sizes.length > 0 ? spreadWindow(c, spread, 2, sizes) : c.refuse('a shape of the output computed at run time');
  return { weights: spreadFilter(c, 2), window, activation };
}

export const transposeConv: TfliteTranslation = (c) => {
  const { weights, window, activation } = plannedTransposeConv(c);
  const bias = c.input(3, true);
  return c.one('ConvTranspose', [c.input(2), weights, ...(bias ? [bias] : [])], {
    ...window,
    group: 1,
    activation: c.fused(activation),
  });
};

/** The paddings of MediaPipe's operator, counted from 1. */
const PADDING_CODES = { SAME: 1, VALID: 2 } as const;

/** MediaPipe's Convolution2DTransposeBias(images, filter, bias): its options are padding, stride along the width, the height. */
export const convTransposeBias: TfliteTranslation = (c) => {
  const { customOptions: bytes } = c;
  if (bytes.length < 12) c.fail(`has options of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [code, strideW, strideH] = [view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true)];
  const padding = code === PADDING_CODES.SAME ? 'SAME' : 'VALID';
  if (code !== PADDING_CODES[padding]) c.fail(`has padding ${code}, which is none`);
  const [, height = 1, width = 1] = filterShape(c, 4);
  if (strideH < 1 || strideW < 1) c.fail(`has strides of ${strideH}, ${strideW}`);
  // Its output has input·stride elements for SAME, and for VALID all that the filter reaches.
  const window = transposedWindow({
    kernel: [height, width],
    strides: [strideH, strideW],
    dilations: [1, 1],
    padding: padding === 'SAME' ? 'same' : 'valid',
  });
  return spreadConvolution(c, window, { x: 0, bias: 2, activation: NO_ACTIVATION });
};

/** Filters are `[D, H, W, I, O]`. */
export const conv3d: TfliteTranslation = (c) => {
  const options = c.options('Conv3D');
  const [, , , inputs = 0] = filterShape(c, 5);
  if (inputs !== imageChannels(c)) c.fail(`has filters of ${inputs} channels for volumes of ${imageChannels(c)}`);
  const { strideD, strideH, strideW, dilationD, dilationH, dilationW } = options;
  const window = windowAlong(c, options.padding, {
    strides: [strideD, strideH, strideW],
    dilations: [dilationD, dilationH, dilationW],
  });
  return convolutionWith(c, c.input(1), { ...window, group: 1, activation: c.fused(options.activation) });
};
