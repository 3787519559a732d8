/** QLinearAveragePool → one dispatch. */
import { qLinearAveragePoolShader } from '../../../shaders/quantise/q-linear-average-pool.ts';
import { elementCount } from '../../core/tensor.ts';
import { required, result, value, type KernelDefinition } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { BYTES, BYTES_OR_MORE, SCALE } from '../lib/quantised.ts';
import { PLANAR_RANKS, planarWindow } from '../lib/window.ts';

export const qLinearAveragePool: KernelDefinition<'QLinearAveragePool'> = {
  kind: 'dispatch',
  variants: [
    flatVariant('words', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const [x, y] = [required(context, 0), result(context)];
      const { spec: window, params, padEnd } = planarWindow(context, attributes, attributes.kernel);
      const [lowest, highest] = attributes.range;
      return {
        shader: qLinearAveragePoolShader({
          window,
          countIncludePad: attributes.countIncludePad,
          vector: params.in_c % 4 === 0,
          x: x.storage,
          y: y.storage,
        }),
        operands: [value(inputs[0]), value(outputs[0])],
        params: {
          ...params,
          last: Math.max(1, elementCount(y.shape)) - 1,
          padded_h: params.pad_top + params.in_h + padEnd[0],
          padded_w: params.pad_left + params.in_w + padEnd[1],
          lowest,
          highest,
        },
      };
    }),
  ],
  inputs: [BYTES, SCALE],
  outputs: BYTES_OR_MORE,
  ranks: PLANAR_RANKS,
};
