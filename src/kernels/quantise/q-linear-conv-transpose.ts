/**
 * QLinearConvTranspose → the convolution over cells, which takes 0.2 to 0.65 of the time on lavapipe and SwiftShader (4×4, 3×3 and 2×2
 * at stride 2, to 3, 32 and 64 channels), or one dispatch that sums, for each output, the inputs that are spread over it.
 */
import { qLinearConvTransposeShader } from '../../../shaders/quantise/q-linear-conv-transpose.ts';
import { elementCount } from '../../core/tensor.ts';
import { transposedAxes } from '../../ir/shapes/transposed-window.ts';
import { at } from '../../util/arrays.ts';
import { required, result, value, type KernelDefinition, type LowerContext } from '../definition.ts';
import { phaseParams } from '../conv/transposed-plan.ts';
import { flatVariant } from '../lib/flat.ts';
import { kernelElements, packWeights } from '../lib/int8-weights.ts';
import { BYTES, BYTES_OR_MORE, dot4Of, intConstant, SCALE, constantScalar } from '../lib/quantised.ts';
import { PLANAR_RANKS } from '../lib/window.ts';
import { scaledWeights } from './operands.ts';
import { CELLS } from './q-linear-cells.ts';

type Context = LowerContext<'QLinearConvTranspose'>;

/** Values for `PHASE_PARAMS` (shaders/lib/phases.ts). */
function windowParams(context: Context): Readonly<Record<string, number>> {
  const [x, w] = [required(context, 0), required(context, 3)];
  const axes = transposedAxes(context.node.attributes, x.shape.slice(1, -1), w.shape.slice(0, -2));
  // The stride of a single element is never walked: products with it may not even fit.
  return phaseParams(axes.map((axis) => (axis.input > 1 ? axis : { ...axis, stride: 1 })));
}

export const qLinearConvTranspose: KernelDefinition<'QLinearConvTranspose'> = {
  kind: 'dispatch',
  variants: [
    CELLS,
    flatVariant('gather', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const { group, range } = attributes;
      const [x, y] = [required(context, 0), result(context)];
      const [inC, outC] = [at(x.shape, x.shape.length - 1), at(y.shape, y.shape.length - 1)];
      const [groupIn, groupOut] = [inC / group, outC / group];
      const spec = scaledWeights(context, (w) => kernelElements(w, group));
      const packed = packWeights(spec, false);
      return {
        shader: qLinearConvTransposeShader({
          source: { x: x.storage, aligned: inC % 4 === 0 && groupIn % 4 === 0, unsigned: spec.unsigned.x },
          rule: packed.rule,
          dot4: dot4Of(context.device),
          zeroPoints: packed.zeroPoints,
          lanes: groupOut % 4 === 0 ? 4 : 1,
          y: y.storage,
        }),
        operands: [value(inputs[0]), packed.words, packed.channels, intConstant(packed.tapSums), value(outputs[0])],
        params: {
          ...windowParams(context),
          in_c: inC,
          out_c: outC,
          last: Math.max(1, elementCount(y.shape)) - 1,
          ...packed.params,
          zero_point: constantScalar(context, 7),
          lowest: range[0],
          highest: range[1],
          x_zero: spec.xZeroPoint - (spec.unsigned.x ? 128 : 0),
        },
      };
    }),
  ],
  inputs: [BYTES, SCALE, SCALE, { ...BYTES, constant: true }, SCALE, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
  ranks: PLANAR_RANKS,
};
