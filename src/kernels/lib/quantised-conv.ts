/** A dispatch of the integer convolution: QLinearConv, and QLinearMatMul as one of a row of pixels. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { qLinearConvShader, type QLinearConvSpec } from '../../../shaders/quantise/q-linear-conv.ts';
import { isPacked } from '../../core/storage.ts';
import { elementCount } from '../../core/tensor.ts';
import type { OpKind, Requantised } from '../../ir/ops.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, type KernelCall, type LowerContext } from '../definition.ts';
import type { PackedWeights } from './int8-weights.ts';
import { constantScalar, dot4Of } from './quantised.ts';
import type { PlanarWindow } from './window.ts';

/** What the convolution is made of: x is input 0, y's zero point input 7. */
export interface QuantisedConv {
  readonly window: Pick<PlanarWindow, 'spec' | 'batch' | 'params'>;
  readonly weights: PackedWeights;
  readonly rule: QLinearConvSpec['rule'];
  readonly pixels: QLinearConvSpec['pixels'];
  readonly range: Requantised['range'];
}

/** True where strips of pixels by four channels can be written: whoever writes a word writes it whole. */
export function writesWords<K extends OpKind>(context: LowerContext<K>, groupOut: number): boolean {
  return !isPacked(result(context).storage) || groupOut % 4 === 0;
}

/** Nothing for an output without elements. */
export function quantisedConvCall<K extends OpKind>(
  context: LowerContext<K>,
  { window, weights, rule, pixels, range }: QuantisedConv,
): readonly Omit<KernelCall, 'variant'>[] {
  const { inputs, outputs } = context.node;
  const { params, batch, spec } = window;
  const [x, y] = [required(context, 0), result(context)];
  const elements = elementCount(y.shape);
  if (elements === 0) return [];
  const { words, channels, zeroPoints, params: packed } = weights;
  const strips = ceilDiv(params.out_w, Math.max(1, pixels));
  const count = pixels === 0 ? ceilDiv(elements, 4) : batch * params.out_h * strips * packed.blocks;
  return [
    {
      shader: qLinearConvShader({
        window: spec,
        source: {
          x: x.storage,
          aligned: params.in_c % 4 === 0 && packed.group_in % 4 === 0,
          unsigned: x.dtype === 'uint8',
        },
        dot4: dot4Of(context.device),
        rule,
        pixels,
        zeroPoints,
        y: y.storage,
      }),
      operands: [value(inputs[0]), words, channels, value(outputs[0])],
      params: {
        ...params,
        ...packed,
        count,
        strips,
        last: elements - 1,
        zero_point: constantScalar(context, 7),
        lowest: range[0],
        highest: range[1],
      },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, context.device),
    },
  ];
}
