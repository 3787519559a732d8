/** QuantizeLinear as a call of a WASM kernel. */
import { isFloat } from '../../core/dtype.ts';
import { extremesOf } from '../../core/extremes.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import type { Rounding } from '../../ir/ops.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { BYTES_SCRATCH, BYTES_TOGETHER, isByte, knownScalars, overScale, uniformHead } from '../lib/quantised.ts';
import { bitsOf, REQUANTISE_RULES, resultWords, type Rescaling } from '../lib/requantise.ts';

/** To bytes of one scale that is known. */
export function quantizeLinear(context: SimdContext<'QuantizeLinear'>): readonly SimdCall[] | undefined {
  const { rounding } = context.node.attributes;
  const [x, , zero] = context.inputs;
  const y = at(context.outputs, 0);
  const source = context.constant(1);
  const [scale, zeroPoint = 0] = knownScalars(context, zero ? [1, 2] : [1]) ?? [];
  if (!x || !isFloat(x.dtype) || !isByte(y) || !source || scale === undefined) return undefined;
  const rescaling = rescalingBy(rounding, scale);
  const result = resultWords(rescaling, { range: extremesOf(y.dtype) }, y, zeroPoint);
  return result && Number.isFinite(Math.fround(1 / scale))
    ? [quantizeCall(context, uniformHead(source, rescaling), result, nanOf(rounding, source, zeroPoint))]
    : undefined;
}

/** How quotients are rounded. */
function rescalingBy(rounding: Rounding, scale: number): Rescaling {
  if (rounding === 'xnnpack') return { rule: 0, words: () => [bitsOf(1 / scale), 0, 0] };
  const { rule, words } = overScale(scale);
  return { rule: rounding === 'float-even' ? rule : rule + REQUANTISE_RULES.away, words };
}

/** A number that becomes what NaN does: the zero point, or by ONNX's rule the integer 0. */
function nanOf(rounding: Rounding, { data }: Tensor, zeroPoint: number): number {
  return rounding === 'float-even' ? -zeroPoint * at(data, 0) : 0;
}

function quantizeCall(
  context: SimdContext<'QuantizeLinear'>,
  head: ReturnType<typeof uniformHead>,
  { ints, floats }: { readonly ints: readonly number[]; readonly floats: readonly number[] },
  nan: number,
): SimdCall {
  const count = elementCount(at(context.outputs, 0).shape);
  return {
    kernel: 'quantise/quantize',
    operands: [inputOperand(context, 0), head, outputOperand(context)],
    ints: [count, ...ints],
    floats: [...floats, nan],
    units: ceilDiv(count, BYTES_TOGETHER),
    scratch: BYTES_SCRATCH,
  };
}
