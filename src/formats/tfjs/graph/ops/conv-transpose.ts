/** Transposed convolutions: gradients of convolutions, told the shape of what would be convolved. */
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { transposedWeights, transposedWindow } from '../../../lib/transposed.ts';
import type { NodeContext } from '../context.ts';
import { windowOf } from './window.ts';

export function convTransposed(c: NodeContext): string {
  const filter = c.constantInput(1);
  if (!filter) c.refuse('a filter computed at run time');
  if (filter.shape.length !== 4) c.refuse(`a filter of shape [${filter.shape.join(', ')}]`);
  const padding = c.attr.string('padding', 'VALID');
  if (padding === 'EXPLICIT') c.refuse(`padding ${padding}`);
  const { strides, dilations } = windowOf(c);
  const sizes = c.constantInput(0);
  const window = transposedWindow({
    kernel: filter.shape.slice(0, 2),
    strides,
    dilations,
    padding: padding === 'SAME' ? 'same' : 'valid',
    outputShape: sizes && Array.from(sizes.data).slice(1, 3),
  });
  const weights = transposedWeights(c, c.input(1), 2);
  const y = c.one('ConvTranspose', [c.input(2), weights], { ...window, group: 1, activation: NO_ACTIVATION });
  // Computed extents are the usual ones; if they are not, this does not fit.
  return sizes ? y : c.reshapeTo(y, c.int64Input(0));
}
