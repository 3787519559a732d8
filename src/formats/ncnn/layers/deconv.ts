/** Transposed convolutions, also of groups of channels. */
import { NO_ACTIVATION, type TransposedWindow } from '../../../ir/ops.ts';
import { weightsToLast } from '../../lib/channels-first.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';
import { fused } from './activation.ts';
import { asImage, convShape } from './conv.ts';
import type { ConvWindow } from './window.ts';

/**
 * How the output is cut. Pads that follow from the extents do so from extents that the layer gives; without these nothing is cut,
 * as where there are no pads.
 */
function cut(c: NcnnContext, { kernel, pads, padMode, ...rest }: ConvWindow): TransposedWindow {
  const right = c.intFrom(0, 18, 0);
  const width = c.intFrom(0, 20, 0);
  const outputPads = kernel.length === 1 ? [right] : [c.intFrom(0, 19, right), right];
  const shape = kernel.length === 1 ? [width] : [c.intFrom(0, 21, width), width];
  const follows = padMode !== 'explicit' && shape.every((extent) => extent > 0);
  return { ...rest, pads, autoPad: follows ? padMode : 'explicit', outputPads, outputShape: follows ? shape : [] };
}

function deconvolution(dims: 1 | 2, grouped: boolean): NcnnTranslation {
  return (c) => {
    const { outputs, inputs, group, window } = convShape(c, dims, grouped);
    c.refuseFlag(28, 'weights that are computed');
    // In a group the weights are `[outputs, inputs]`, as those of a convolution, and not turned round.
    const weights = c.weights([outputs, inputs, ...window.kernel]);
    const bias = c.flag(5) ? [c.plain([outputs], 'bias')] : [];
    const image = asImage(c, c.input(), dims);
    const known = c.extents(image)[1];
    if (known !== undefined && known !== inputs * group) c.fail(`takes ${inputs * group} channels instead of ${known}`);
    const w = c.one('Transpose', [weights], { perm: weightsToLast(dims + 2) });
    const attributes = { ...cut(c, window), group, activation: NO_ACTIVATION };
    return fused(
      c,
      c.aroundLast(image, (last) => c.main('ConvTranspose', [last, w, ...bias], attributes)),
    );
  };
}

/** Transposed convolutions. */
export const DECONV = {
  Deconvolution: deconvolution(2, false),
  DeconvolutionDepthWise: deconvolution(2, true),
  Deconvolution1D: deconvolution(1, false),
  DeconvolutionDepthWise1D: deconvolution(1, true),
};
