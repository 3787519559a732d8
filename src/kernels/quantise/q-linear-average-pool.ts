/** QLinearAveragePool → one dispatch. */
import { qLinearAveragePoolShader } from '../../../shaders/quantise/q-linear-average-pool.ts';
import { elementCount } from '../../core/tensor.ts';
import { product, range } from '../../util/arrays.ts';
import { meanMultiplier } from '../../ir/quantise/reductions.ts';
import { required, result, value, type KernelDefinition, type LowerContext } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { bitsConstant, BYTES, BYTES_OR_MORE, constantScalar, SCALE } from '../lib/quantised.ts';
import { PLANAR_RANKS, planarWindow } from '../lib/window.ts';

/** What brings means to another scale, by how many integers they are of. */
function scaledMean(context: LowerContext<'QLinearAveragePool'>) {
  const [sx, zx, sy, zy] = [1, 2, 3, 4].map((index) => constantScalar(context, index)) as [
    number,
    number,
    number,
    number,
  ];
  const most = product(context.node.attributes.kernel);
  const multipliers = Float32Array.from(range(most + 1), (count) => meanMultiplier([sx, sy], Math.max(1, count)));
  return { multipliers: bitsConstant(multipliers), params: { zero: 0, subtracted: zx, zero_point: zy } };
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
        operands: [value(inputs[0]), ...(scaled ? [scaled.multipliers] : []), value(outputs[0])],
        params: {
          ...params,
          last: Math.max(1, elementCount(y.shape)) - 1,
          padded_h: params.pad_top + params.in_h + padEnd[0],
          padded_w: params.pad_left + params.in_w + padEnd[1],
          lowest,
          highest,
          ...scaled?.params,
        },
      };
    }),
  ],
  inputs: [BYTES, SCALE],
  outputs: BYTES_OR_MORE,
  ranks: PLANAR_RANKS,
};
