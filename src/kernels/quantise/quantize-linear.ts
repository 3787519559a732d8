/** QuantizeLinear → one dispatch. */
import { quantizeLinearShader, type QuantizeLinearSpec } from '../../../shaders/quantise/quantize-linear.ts';
import { FLOATS } from '../../core/dtype.ts';
import { extremesOf } from '../../core/extremes.ts';
import type { Rounding } from '../../ir/ops.ts';
import { required, result, value, type KernelDefinition } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { BYTES_OR_MORE } from '../lib/quantised.ts';
import { planScales } from '../lib/scales.ts';

const RULES: { readonly [R in Rounding]: QuantizeLinearSpec['rule'] } = {
  'tfl-double': 'away',
  'tfl-single': 'away',
  xnnpack: 'reciprocal',
  'float-even': 'even',
  'float-away': 'away',
};

export const quantizeLinear: KernelDefinition<'QuantizeLinear'> = {
  kind: 'dispatch',
  variants: [
    flatVariant('words', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const [x, y] = [required(context, 0), result(context)];
      const scales = planScales(x.shape, required(context, 1).shape, attributes);
      const [lowest, highest] = extremesOf(y.dtype);
      return {
        shader: quantizeLinearShader({
          rule: RULES[attributes.rounding],
          scales: scales.kind,
          zeroPoint: context.inputs[2] !== undefined,
          x: x.storage,
          y: y.storage,
        }),
        operands: [...inputs.filter((name) => name !== ''), outputs[0]].map(value),
        params: { lowest, highest, ...scales.params },
      };
    }),
  ],
  inputs: [{ dtypes: FLOATS, storage: ['f16'] }, { dtypes: FLOATS }, {}],
  outputs: BYTES_OR_MORE,
};
