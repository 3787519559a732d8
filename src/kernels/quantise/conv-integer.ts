/** ConvInteger → those of QLinearConv where weights are known, else one dispatch. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { convIntegerShader } from '../../../shaders/quantise/conv-integer.ts';
import { zeroBorderShader } from '../../../shaders/quantise/zero-border.ts';
import { isPacked } from '../../core/storage.ts';
import { elementCount } from '../../core/tensor.ts';
import { ceilDiv } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  type CallOperand,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { kernelElements } from '../lib/int8-weights.ts';
import { knownZero, sumConv, sumKernels, type IntegerSum } from '../lib/integer-sums.ts';
import { BYTES } from '../lib/quantised.ts';
import type { QuantisedConv } from '../lib/quantised-conv.ts';
import { PLANAR_RANKS, planarWindow, type PlanarWindow } from '../lib/window.ts';
import { CONV_KERNELS, preferredConvKernels } from './kernels.ts';

type Context = LowerContext<'ConvInteger'>;

function windowOf(context: Context): PlanarWindow {
  return planarWindow(context, context.node.attributes, required(context, 1).shape.slice(0, -2));
}

/** The convolution that gives the sums, of a picture that has its border already where only a run knows its zero point. */
function sumOf(context: Context): IntegerSum {
  const { group, pads } = context.node.attributes;
  const window = windowOf(context);
  const conv = sumConv(context, { window, group }, (w) => kernelElements(w, group));
  const isPadded = pads.some((pad) => pad !== 0);
  return isPadded && knownZero(context) === undefined ? bordered(context, conv, window) : { conv };
}

/** The same of x with its border, and what puts it there. */
function bordered({ node, device }: Context, conv: QuantisedConv, { params, batch, padEnd }: PlanarWindow): IntegerSum {
  const { in_h, in_w, in_c, pad_top, pad_left } = params;
  const [out_h, out_w] = [in_h + pad_top + padEnd[0], in_w + pad_left + padEnd[1]];
  const elements = batch * out_h * out_w * in_c;
  const { storage } = conv;
  const words = isPacked(storage.x) && in_c % 4 === 0;
  const count = ceilDiv(elements, 4);
  const x: CallOperand = { kind: 'scratch', id: 'bordered', elements, storage: storage.x };
  const own = { ...params, in_h: out_h, in_w: out_w, pad_top: 0, pad_left: 0 };
  return {
    conv: { ...conv, x, window: { ...conv.window, params: own } },
    border: {
      shader: zeroBorderShader({ x: storage.x, words }),
      operands: [value(node.inputs[0]), value(node.inputs[2]), x],
      params: {
        count,
        ...(words ? {} : { last: elements - 1 }),
        in_h,
        in_w,
        in_c: words ? in_c / 4 : in_c,
        out_h,
        out_w,
        pad_top,
        pad_left,
      },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
    },
  };
}

const sums = sumKernels(CONV_KERNELS, preferredConvKernels, sumOf);

export const convInteger: KernelDefinition<'ConvInteger'> = {
  kind: 'dispatch',
  variants: [
    ...sums.variants,
    flatVariant('computed', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const [x, w, zw] = [required(context, 0), required(context, 1), context.inputs[3]];
      const { spec, params } = windowOf(context);
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
  preferred: sums.preferred,
  inputs: [BYTES, BYTES, {}],
  outputs: {},
  ranks: PLANAR_RANKS,
};
