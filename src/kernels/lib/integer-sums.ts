/**
 * Sums of products of 8-bit integers, by the kernels of products that bring them to a scale: with scales of one a sum is left as it
 * is. Where only a run knows the zero point of x, the constants of channels are made of it, and what pads a picture is put there
 * before.
 */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { integerChannelsShader } from '../../../shaders/quantise/integer-channels.ts';
import { PlanError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { densePlacement } from '../../core/placement.ts';
import { elementCount, tensorOf, type Tensor } from '../../core/tensor.ts';
import type { NodeOf, Requantised } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  value,
  type CallOperand,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';

/** Products that have such kernels: x and weights are inputs 0 and 3, with scale and zero point behind each. */
type Scaled = 'QLinearConv' | 'QLinearMatMul';

/** Operators that give sums: x, weights, and the zero point of each, which may be absent. */
type Summed = 'ConvInteger' | 'MatMulInteger';

/** The variant that takes any weights, of whichever operator. */
export const COMPUTED = 'computed';

/** The rule and the range by which a sum stays what it is: a multiplier of one, rounded once. */
export const AS_IT_IS: Requantised = { rounding: 'tfl-single', range: extremesOf('int32') };

/** A product whose x may be another value than the node's. */
export interface SumProduct<Q extends Scaled> {
  readonly attributes: NodeOf<Q>['attributes'];
  /** x with its border, where the zero point is computed and there is one. */
  readonly bordered?: {
    readonly x: CallOperand;
    readonly call: Omit<KernelCall, 'variant'>;
    readonly shape: readonly number[];
  };
}

const NAMES = ['x', 'one', 'x zero', 'w', 'one', 'w zero', 'one', 'zero'] as const;

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

const scalar = (dtype: 'float32' | 'int32', v: number): Tensor => tensorOf(dtype, [], [v]);

/** The scaled product as its kernels see it. `zero` stands for a zero point that a run finds. */
function scaledContext<K extends Summed, Q extends Scaled>(
  context: LowerContext<K>,
  op: Q,
  { attributes, bordered }: SumProduct<Q>,
  zero = 0,
): LowerContext<Q> {
  const { node, constant } = context;
  const [x, w] = [required(context, 0), required(context, 1)];
  const constants = new Map<string, Tensor | undefined>([
    ['w', constant(node.inputs[1] ?? '')],
    ['one', scalar('float32', 1)],
    ['x zero', scalar('int32', knownZero(context) ?? zero)],
    ['w zero', constant(node.inputs[3] ?? '') ?? scalar('int32', 0)],
    ['zero', scalar('int32', 0)],
  ]);
  const own = bordered ? { ...x, shape: bordered.shape, placement: densePlacement(bordered.shape) } : x;
  const named = { name: node.name, op, inputs: [...NAMES], outputs: node.outputs, attributes } as unknown as NodeOf<Q>;
  return {
    ...context,
    node: named,
    inputs: NAMES.map((name) => {
      if (name === 'x') return own;
      if (name === 'w') return w;
      const { dtype, shape } = constants.get(name) ?? scalar('int32', 0);
      return { dtype, shape, storage: dtype === 'float32' ? 'f32' : 'i32', placement: densePlacement(shape) };
    }),
    shares: () => false,
    constant: (name) => constants.get(name),
  };
}

/** Kernels of a scaled product as those of the operator that gives its sums. */
export interface SumKernels<K extends Summed> {
  readonly variants: readonly Variant<K>[];
  preferred(context: LowerContext<K>): readonly string[];
}

/** Those of `definition`, but for one that takes computed weights; none where `productOf` gives nothing. */
export function sumKernels<K extends Summed, Q extends Scaled>(
  op: Q,
  definition: KernelDefinition<Q>,
  productOf: (context: LowerContext<K>) => SumProduct<Q> | undefined,
): SumKernels<K> {
  if (definition.kind !== 'dispatch') throw new PlanError(`${op} has no kernels`);
  const known = (context: LowerContext<K>): SumProduct<Q> | undefined =>
    hasKnownWeights(context) ? productOf(context) : undefined;
  const variantOf = (scaled: Variant<Q>): Variant<K> => ({
    name: scaled.name,
    tryLower: (context) => {
      const product = known(context);
      if (!product) return undefined;
      const lowered = (zero: number): readonly KernelCall[] | undefined =>
        scaled.tryLower(scaledContext(context, op, product, zero));
      const calls = lowered(0);
      if (!calls || knownZero(context) !== undefined) return calls && onOwnOperands(context, calls, product);
      const others = lowered(1);
      return others && withZeroPoint(context, [calls, others], product);
    },
  });
  return {
    variants: definition.variants.filter(({ name }) => name !== COMPUTED).map(variantOf),
    preferred: (context) => {
      const product = known(context);
      return (product && definition.preferred?.(scaledContext(context, op, product))) ?? [];
    },
  };
}

/** The calls on the node's own operands. */
function onOwnOperands<K extends Summed, Q extends Scaled>(
  { node }: LowerContext<K>,
  calls: readonly KernelCall[],
  { bordered }: SumProduct<Q>,
  channels?: CallOperand,
): readonly KernelCall[] {
  const x = bordered?.x ?? value(node.inputs[0]);
  return calls.map((call) => ({
    ...call,
    operands: call.operands.map((operand, i) => {
      if (operand.kind === 'value' && operand.name === 'x') return x;
      return (call.shader.bindings[i]?.name === 'channels' && channels) || operand;
    }),
  }));
}

/**
 * The same after those that a zero point needs which a run finds. Kernels differ in what they take from x, and so from its zero
 * point: their constants of two zero points, 0 and 1, say those of every other.
 */
function withZeroPoint<K extends Summed, Q extends Scaled>(
  context: LowerContext<K>,
  [calls, others]: readonly [readonly KernelCall[], readonly KernelCall[]],
  product: SumProduct<Q>,
): readonly KernelCall[] {
  const [first] = calls;
  if (!first) return calls;
  const [atZero, atOne] = [constantOf(calls, 'channels'), constantOf(others, 'channels')];
  const count = elementCount(atZero.tensor.shape) / 4;
  const channels: CallOperand = { kind: 'scratch', id: 'channels', elements: count * 4, storage: 'i32' };
  const { variant } = first;
  const { bordered } = product;
  return [
    ...(bordered ? [{ variant, ...bordered.call }] : []),
    {
      variant,
      shader: integerChannelsShader(),
      operands: [atZero, atOne, value(context.node.inputs[2]), channels],
      params: { count },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, context.device),
    },
    ...onOwnOperands(context, calls, product, channels),
  ];
}

/** The constant that is bound under a name. */
function constantOf(calls: readonly KernelCall[], name: string): CallOperand & { readonly kind: 'constant' } {
  for (const { shader, operands } of calls) {
    const found = operands[shader.bindings.findIndex((binding) => binding.name === name)];
    if (found?.kind === 'constant') return found;
  }
  throw new PlanError(`a product of integers has no constants of ${name}`);
}
