/** Transposed convolutions of layers models, over one to three dimensions. */
import { field } from '../json.ts';
import { transposedWeights, transposedWindow } from '../../lib/transposed.ts';
import type { LayerContext, LayerTranslation } from './context.ts';
import { bias, spatially } from './spatial.ts';

const transposedConvolution =
  (dims: number): LayerTranslation =>
  (c: LayerContext) => {
    const padding = c.string('padding', 'valid');
    if (padding !== 'same' && padding !== 'valid') c.refuse(`padding ${padding}`);
    if (c.int('groups', 1) !== 1) c.refuse(`groups ${c.int('groups', 1)}`);
    const given = field(c.config, 'output_padding');
    const window = transposedWindow({
      kernel: c.weightTensor('kernel').shape.slice(0, dims),
      strides: c.extents('strides', dims, 1),
      dilations: c.extents('dilation_rate', dims, 1),
      padding,
      outputPadding: given === undefined || given === null ? undefined : c.extents('output_padding', dims, 0),
    });
    return c.withActivation(c.activation(), (activation) =>
      spatially(c, dims, (x) => {
        const operands = [x, transposedWeights(c, c.weight('kernel'), dims), ...bias(c)];
        return c.one('ConvTranspose', operands, { ...window, group: 1, activation });
      }),
    );
  };

export const transposed1 = transposedConvolution(1);
export const transposed2 = transposedConvolution(2);
export const transposed3 = transposedConvolution(3);
