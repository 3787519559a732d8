/**
 * Sums of products of 8-bit integers, by the kernels that bring them to a scale: with a multiplier of one a sum is left as it is.
 * Where only a run knows the zero point of x, the constants of channels are made of it, and what pads a picture is put there
 * before.
 */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { integerChannelsShader } from '../../../shaders/quantise/integer-channels.ts';
import { PlanError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import { fixed } from '../../ir/quantise/multipliers.ts';
import { at } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import type { ProductElements, WeightSpec } from './int8-weights.ts';
import { constantAt } from './quantised.ts';
import type { QuantisedCall, QuantisedConv, QuantisedKernel } from './quantised-conv.ts';

/** Operators that give sums: x, weights, and the zero point of each, which may be absent. */
type Summed = 'ConvInteger' | 'MatMulInteger';

/** A product whose sums are the result. */
export interface IntegerSum {
  readonly conv: QuantisedConv;
  /** Makes the x that it reads, with a border, where the zero point is computed and there is one. */
  readonly border?: QuantisedCall;
}

/** The zero point of x where it is known when the plan is made; undefined where a run finds it. */
export function knownZero<K extends Summed>({ node, constant }: LowerContext<K>): number | undefined {
  const name = node.inputs[2] ?? '';
  if (name === '') return 0;
  const found = constant(name);
  return found && at(found.data, 0);
}

/** True of weights that are known, with their zero points. */
function hasKnownWeights<K extends Summed>({ node, constant }: LowerContext<K>): boolean {
  const [, w = '', , zero = ''] = node.inputs;
  return constant(w) !== undefined && (zero === '' || constant(zero) !== undefined);
}

/** The product of a node with known weights; its x has the zero point 0 where only a run finds it. */
export function sumConv<K extends Summed>(
  context: LowerContext<K>,
  { window, group }: Pick<QuantisedConv, 'window' | 'group'>,
  elementsOf: (w: Tensor) => ProductElements,
): QuantisedConv {
  const { inputs, outputs } = context.node;
  const x = required(context, 0);
  return {
    x: value(inputs[0]),
    y: value(outputs[0]),
    storage: { x: x.storage, y: result(context).storage },
    unsigned: x.dtype === 'uint8',
    window,
    group,
    weights: () => sumWeights(context, elementsOf),
    zeroPoint: 0,
    range: extremesOf('int32'),
  };
}

function sumWeights<K extends Summed>(
  context: LowerContext<K>,
  elementsOf: (w: Tensor) => ProductElements,
): WeightSpec {
  const w = constantAt(context, 1);
  return {
    ...elementsOf(w),
    unsigned: { x: required(context, 0).dtype === 'uint8', w: w.dtype === 'uint8' },
    xZeroPoint: knownZero(context) ?? 0,
    wZeroPoints: context.inputs[3] ? constantAt(context, 3).data : [0],
    bias: undefined,
    multipliers: fixed('once', [1]),
  };
}

/** Kernels of scaled products as those of the operator that gives the sums. */
export interface SumKernels<K extends Summed> {
  readonly variants: readonly Variant<K>[];
  preferred(context: LowerContext<K>): readonly string[];
}

/** Of nodes with known weights; none where `sumOf` gives nothing. */
export function sumKernels<K extends Summed>(
  kernels: readonly QuantisedKernel[],
  preferred: (conv: QuantisedConv, device: LowerContext<K>['device']) => readonly string[],
  sumOf: (context: LowerContext<K>) => IntegerSum | undefined,
): SumKernels<K> {
  const known = (context: LowerContext<K>): IntegerSum | undefined =>
    hasKnownWeights(context) ? sumOf(context) : undefined;
  return {
    variants: kernels.map((kernel) =>
      variant<K, readonly QuantisedCall[]>(
        kernel.name,
        (context) => {
          const sum = known(context);
          return sum && sumCalls(context, kernel, sum);
        },
        (_, calls) => calls,
      ),
    ),
    preferred: (context) => {
      const sum = known(context);
      return sum ? preferred(sum.conv, context.device) : [];
    },
  };
}

/**
 * The dispatches, behind those that a zero point needs which a run finds. Kernels differ in what they take from x, and so from its
 * zero point: their constants of two zero points, 0 and 1, say those of every other.
 */
function sumCalls<K extends Summed>(
  context: LowerContext<K>,
  kernel: QuantisedKernel,
  { conv, border }: IntegerSum,
): readonly QuantisedCall[] | undefined {
  const { device, node } = context;
  if (knownZero(context) !== undefined) return kernel.calls(conv, device);
  const callsAt = (xZeroPoint: number): readonly QuantisedCall[] | undefined =>
    kernel.calls({ ...conv, weights: () => ({ ...conv.weights(), xZeroPoint }) }, device);
  const [calls, others] = [callsAt(0), callsAt(1)];
  if (!calls || !others || calls.length === 0) return calls && others;
  const [atZero, atOne] = [channelsOf(calls), channelsOf(others)];
  const count = elementCount(atZero.tensor.shape) / 4;
  const channels: CallOperand = { kind: 'scratch', id: 'channels', elements: count * 4, storage: 'i32' };
  return [
    ...(border ? [border] : []),
    {
      shader: integerChannelsShader(),
      operands: [atZero, atOne, value(node.inputs[2]), channels],
      params: { count },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
    },
    ...calls.map((call) => ({
      ...call,
      operands: call.operands.map((operand, i) => (call.shader.bindings[i]?.name === CHANNELS ? channels : operand)),
    })),
  ];
}

/** What kernels call the constants of channels. */
const CHANNELS = 'channels';

function channelsOf(calls: readonly QuantisedCall[]): CallOperand & { readonly kind: 'constant' } {
  for (const { shader, operands } of calls) {
    const found = operands[shader.bindings.findIndex(({ name }) => name === CHANNELS)];
    if (found?.kind === 'constant') return found;
  }
  throw new PlanError('a product of integers has no constants of channels');
}
