/** Convolutions, also of groups of channels. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { product } from '../../../util/arrays.ts';
import { weightsToLast } from '../../lib/channels-first.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';
import { fused } from './activation.ts';
import { int8Convolution } from './int8.ts';
import { innerProduct } from './product.ts';
import { convWindow, type ConvWindow } from './window.ts';

/** Parameters that are the same in all. */
interface ConvShape {
  readonly outputs: number;
  readonly group: number;
  /** Channels of a group, of the input. */
  readonly inputs: number;
  readonly window: ConvWindow;
}

/** Reads what fixes the shape of the weights. Fails where their number does not fit the rest. */
export function convShape(c: NcnnContext, dims: 1 | 2, grouped: boolean): ConvShape {
  const window = convWindow(c, dims);
  const outputs = c.intFrom(1, 0, 0);
  const group = grouped ? c.intFrom(1, 7, 1) : 1;
  const size = c.int(6, 0);
  const inputs = size / outputs / product(window.kernel);
  if (!Number.isInteger(inputs) || inputs < 1 || outputs % group !== 0) {
    const kernel = window.kernel.join('×');
    c.fail(`${size} weights do not fit ${outputs} outputs, ${group} groups and a kernel of ${kernel}`);
  }
  return { outputs, group, inputs, window };
}

function convolution(dims: 1 | 2, grouped: boolean): NcnnTranslation {
  return (c) => {
    const shape = convShape(c, dims, grouped);
    const { outputs, inputs, window } = shape;
    c.refuseFlag(19, 'weights that are computed');
    if (dims === 2 && c.flag(8)) return int8Convolution(c, int8Operand(c, shape), shape, grouped);
    const weights = c.weights([outputs, inputs, ...window.kernel]);
    const bias = c.flag(5) ? c.plain([outputs], 'bias') : undefined;
    return fused(c, convolved(c, shape, weights, bias));
  };
}

/** What a convolution of integers is of; a vector is a lone pixel. */
function int8Operand(c: NcnnContext, { group, inputs, window }: ConvShape): string {
  const x = c.input();
  if (c.dims(x) === 1 && product(window.kernel) === 1 && group === 1) return x;
  return checkedImage(c, x, inputs * group, 2);
}

/** A convolution of the layer's blob; `weights` are `[O, I/group, …K]`. A vector is taken for a product's. */
function convolved(c: NcnnContext, shape: ConvShape, weights: string, bias: string | undefined): string {
  const { group, inputs, outputs, window } = shape;
  const dims = window.kernel.length;
  const x = c.input();
  if (c.dims(x) === 1 && product(window.kernel) === 1 && group === 1) {
    return innerProduct(c, x, c.reshape(weights, [outputs, inputs]), bias);
  }
  const image = checkedImage(c, x, inputs * group, dims);
  const { kernel: _, ...rest } = window;
  const filled = c.float(18, 0) === 0 ? image : bordered(c, image, window);
  const attributes = {
    ...rest,
    pads: filled === image ? rest.pads : rest.pads.map(() => 0),
    group,
    activation: NO_ACTIVATION,
  };
  const w = c.one('Transpose', [weights], { perm: weightsToLast(dims + 2) });
  const operands = bias === undefined ? [w] : [w, bias];
  return c.aroundLast(filled, (last) => c.main('Conv', [last, ...operands], attributes));
}

/** The blob as an image. Fails where it is known to have other channels than so many. */
function checkedImage(c: NcnnContext, x: string, channels: number, dims: number): string {
  const image = asImage(c, x, dims);
  const known = c.extents(image)[1];
  if (known !== undefined && known !== channels) c.fail(`takes ${channels} channels, but blob "${x}" has ${known}`);
  return image;
}

/** The image with a border of the value that the layer gives. */
function bordered(c: NcnnContext, image: string, { pads, padMode }: ConvWindow): string {
  if (padMode !== 'explicit') c.refuse('a border of another number than 0 whose width follows from the extents');
  const half = pads.length / 2;
  const all = [0, 0, ...pads.slice(0, half), 0, 0, ...pads.slice(half)];
  return c.one('Pad', [image, c.ints(all), c.scalar('float32', c.float(18, 0))], { mode: 'constant' });
}

/** A blob `[N, C, …S]`: one that has no dimension of channels has one channel. */
export function asImage(c: NcnnContext, x: string, dims: number): string {
  const rank = c.rank(x);
  if (rank === dims + 2) return x;
  if (rank === dims + 1) return c.one('Unsqueeze', [x], { axes: [1] });
  return c.refuse(`a blob of ${rank - 1} dimensions`);
}

/** Convolutions. */
export const CONV = {
  Convolution: convolution(2, false),
  ConvolutionDepthWise: convolution(2, true),
  Convolution1D: convolution(1, false),
  ConvolutionDepthWise1D: convolution(1, true),
};
