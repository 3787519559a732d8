/** ConvInteger → the kernels of QLinearConv where weights are known, else one dispatch. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { convIntegerShader } from '../../../shaders/quantise/conv-integer.ts';
import { zeroBorderShader } from '../../../shaders/quantise/zero-border.ts';
import { isPacked } from '../../core/storage.ts';
import { elementCount } from '../../core/tensor.ts';
import { ceilDiv, product } from '../../util/arrays.ts';
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
import { AS_IT_IS, COMPUTED, knownZero, sumKernels, type SumProduct } from '../lib/integer-sums.ts';
import { BYTES } from '../lib/quantised.ts';
import { PLANAR_RANKS, planarWindow, type PlanarWindow } from '../lib/window.ts';
import { qLinearConv } from './q-linear-conv.ts';

type Context = LowerContext<'ConvInteger'>;

function windowOf(context: Context): PlanarWindow {
  return planarWindow(context, context.node.attributes, required(context, 1).shape.slice(0, -2));
}

/** The convolution that gives the sums, of a picture that has its border already where only a run knows its zero point. */
function productOf(context: Context): SumProduct<'QLinearConv'> {
  const { attributes } = context.node;
  const pads = attributes.pads.map(() => 0);
  const isPadded = attributes.pads.some((pad) => pad !== 0);
  if (!isPadded || knownZero(context) !== undefined) return { attributes: { ...attributes, ...AS_IT_IS } };
  return { attributes: { ...attributes, ...AS_IT_IS, pads }, bordered: borderedBy(context) };
}

function borderedBy(context: Context): NonNullable<SumProduct<'QLinearConv'>['bordered']> {
  const { node, device } = context;
  const x = required(context, 0);
  const { batch, params, padEnd } = windowOf(context);
  const { in_h, in_w, in_c, pad_top, pad_left } = params;
  const [out_h, out_w] = [in_h + pad_top + padEnd[0], in_w + pad_left + padEnd[1]];
  const shape = [batch, ...(x.shape.length === 3 ? [out_w] : [out_h, out_w]), in_c];
  const elements = product(shape);
  const words = isPacked(x.storage) && in_c % 4 === 0;
  const count = ceilDiv(elements, 4);
  const y: CallOperand = { kind: 'scratch', id: 'bordered', elements, storage: x.storage };
  return {
    x: y,
    shape,
    call: {
      shader: zeroBorderShader({ x: x.storage, words }),
      operands: [value(node.inputs[0]), value(node.inputs[2]), y],
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

const sums = sumKernels('QLinearConv', qLinearConv, productOf);

export const convInteger: KernelDefinition<'ConvInteger'> = {
  kind: 'dispatch',
  variants: [
    ...sums.variants,
    flatVariant(COMPUTED, (context) => {
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
