/** QLinearAveragePool → one dispatch. */
import { qLinearAveragePoolShader } from '../../../shaders/quantise/q-linear-average-pool.ts';
import { elementCount } from '../../core/tensor.ts';
import { meanScales } from '../../ir/quantise/reals.ts';
import { required, result, value, type KernelDefinition, type LowerContext } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { BYTES, BYTES_OR_MORE, constantScalar, SCALE, stepParams } from '../lib/quantised.ts';
import { PLANAR_RANKS, planarWindow } from '../lib/window.ts';

/** Parameters of the mean of real numbers, in another scale. */
function scaledMean(context: LowerContext<'QLinearAveragePool'>): Readonly<Record<string, number>> {
  const [unit, scale] = meanScales([constantScalar(context, 1), constantScalar(context, 3)]);
  const params = stepParams(context.node.attributes, scale, constantScalar(context, 4));
  return { ...params, zero: 0, unit, subtracted: constantScalar(context, 2) };
}

export const qLinearAveragePool: KernelDefinition<'QLinearAveragePool'> = {
  kind: 'dispatch',
  variants: [
    flatVariant('words', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const [x, y] = [required(context, 0), result(context)];
      const { spec: window, params, padEnd } = planarWindow(context, attributes, attributes.kernel);
      const [lowest, highest] = attributes.range;
      const scaled = attributes.rounding === 'float-even' ? scaledMean(context) : undefined;
      return {
        shader: qLinearAveragePoolShader({
          window,
          countIncludePad: attributes.countIncludePad,
          scaled: scaled !== undefined,
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
          ...(scaled ?? { lowest, highest }),
        },
      };
    }),
  ],
  inputs: [BYTES, SCALE],
  outputs: BYTES_OR_MORE,
  ranks: PLANAR_RANKS,
};
