/** ConvInteger → one dispatch. */
import { convIntegerShader } from '../../../shaders/quantise/conv-integer.ts';
import { elementCount } from '../../core/tensor.ts';
import { required, result, value, type KernelDefinition } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { BYTES } from '../lib/quantised.ts';
import { PLANAR_RANKS, planarWindow } from '../lib/window.ts';

export const convInteger: KernelDefinition<'ConvInteger'> = {
  kind: 'dispatch',
  variants: [
    flatVariant('computed', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const [x, w, zw] = [required(context, 0), required(context, 1), context.inputs[3]];
      const { spec, params } = planarWindow(context, attributes, w.shape.slice(0, -2));
      return {
        shader: convIntegerShader({
          window: spec,
          x: x.storage,
          w: w.storage,
          zeroPoints: { x: context.inputs[2] !== undefined, w: zw !== undefined },
          channelZeros: zw !== undefined && elementCount(zw.shape) > 1,
        }),
        operands: [...inputs.filter((name) => name !== ''), outputs[0]].map(value),
        params: {
          ...params,
          last: Math.max(1, elementCount(result(context).shape)) - 1,
          group_in: params.in_c / attributes.group,
          group_out: params.out_c / attributes.group,
        },
      };
    }),
  ],
  inputs: [BYTES, BYTES, {}],
  outputs: {},
  ranks: PLANAR_RANKS,
};
