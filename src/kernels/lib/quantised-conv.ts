/** A dispatch of the integer convolution: QLinearConv, and QLinearMatMul as one of a row of pixels. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import type { WordSource } from '../../../shaders/lib/int8.ts';
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
  readonly pixels: QLinearConvSpec['pixels'];
  readonly range: Requantised['range'];
}

/** True where strips of pixels by four channels can be written: whoever writes a word writes it whole. */
export function writesWords<K extends OpKind>(context: LowerContext<K>, groupOut: number): boolean {
  return !isPacked(result(context).storage) || groupOut % 4 === 0;
}

/** How a kernel reads x, the input, four channels at a time. */
export function wordSource<K extends OpKind>(
  context: LowerContext<K>,
  { in_c }: { readonly in_c: number },
  { params }: PackedWeights,
): WordSource {
  const { storage, dtype } = required(context, 0);
  return { x: storage, aligned: in_c % 4 === 0 && params.group_in % 4 === 0, unsigned: dtype === 'uint8' };
}

/** Values of what results are held in. */
export function heldIn<K extends OpKind>(
  context: LowerContext<K>,
  [lowest, highest]: Requantised['range'],
): Readonly<Record<'zero_point' | 'lowest' | 'highest', number>> {
  return { zero_point: constantScalar(context, 7), lowest, highest };
}

/** Nothing for an output without elements. */
export function quantisedConvCall<K extends OpKind>(
  context: LowerContext<K>,
  { window, weights, pixels, range }: QuantisedConv,
): readonly Omit<KernelCall, 'variant'>[] {
  const { inputs, outputs } = context.node;
  const { params, batch, spec } = window;
  const y = result(context);
  const elements = elementCount(y.shape);
  if (elements === 0) return [];
  const { words, channels, rule, zeroPoints, params: packed } = weights;
  const strips = ceilDiv(params.out_w, Math.max(1, pixels));
  const count = pixels === 0 ? ceilDiv(elements, 4) : batch * params.out_h * strips * packed.blocks;
  return [
    {
      shader: qLinearConvShader({
        window: spec,
        source: wordSource(context, params, weights),
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
        ...heldIn(context, range),
      },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, context.device),
    },
  ];
}
