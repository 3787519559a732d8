/** DequantizeLinear → one dispatch. */
import { dequantizeLinearShader } from '../../../shaders/quantise/dequantize-linear.ts';
import { FLOATS } from '../../core/dtype.ts';
import { required, result, value, type KernelDefinition } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { planScales } from '../lib/scales.ts';

export const dequantizeLinear: KernelDefinition<'DequantizeLinear'> = {
  kind: 'dispatch',
  variants: [
    flatVariant('words', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const [x, y] = [required(context, 0), result(context)];
      const scales = planScales(x.shape, required(context, 1).shape, attributes);
      return {
        shader: dequantizeLinearShader({
          scales: scales.kind,
          zeroPoint: context.inputs[2] !== undefined,
          x: x.storage,
          y: y.storage,
        }),
        operands: [...inputs.filter((name) => name !== ''), outputs[0]].map(value),
        params: scales.params,
      };
    }),
  ],
  inputs: [{ storage: ['i8x4', 'u8x4'] }, { dtypes: FLOATS }, {}],
  outputs: { storage: ['f16'] },
};
