/** QLinearResize → one dispatch. */
import { qLinearResizeShader } from '../../../shaders/quantise/q-linear-resize.ts';
import { elementCount } from '../../core/tensor.ts';
import { blendAxis, blendRule, type BlendAxis, type BlendRule } from '../../ir/quantise/resize.ts';
import { at } from '../../util/arrays.ts';
import { required, result, value, type KernelDefinition } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { BYTES, BYTES_OR_MORE, floatBits, intConstant } from '../lib/quantised.ts';

/** Both neighbours and the weight of every output. */
function placesOf(rule: BlendRule, { lower, upper, weights }: BlendAxis): number[] {
  return weights.flatMap((weight, i) => [at(lower, i), at(upper, i), rule === 'float' ? floatBits(weight) : weight]);
}

export const qLinearResize: KernelDefinition<'QLinearResize'> = {
  kind: 'dispatch',
  variants: [
    flatVariant('words', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const [x, y] = [required(context, 0), result(context)];
      const rule = blendRule(attributes, x.dtype);
      const places = [1, 2].flatMap((axis) =>
        placesOf(rule, blendAxis(rule, attributes.coordinateMode, at(x.shape, axis), at(y.shape, axis))),
      );
      return {
        shader: qLinearResizeShader({ rule, x: x.storage, y: y.storage }),
        operands: [value(inputs[0]), intConstant(places), value(outputs[0])],
        params: {
          last: Math.max(1, elementCount(y.shape)) - 1,
          in_h: at(x.shape, 1),
          in_w: at(x.shape, 2),
          out_h: at(y.shape, 1),
          out_w: at(y.shape, 2),
          channels: at(x.shape, 3),
          ...(rule === 'float' ? { zero: 0 } : {}),
        },
      };
    }),
  ],
  inputs: [BYTES],
  outputs: BYTES_OR_MORE,
};
