/** What `kernels/` knows about an operator: how to turn one node into GPU dispatches. Pure data in and out. */
import type { ShaderModule } from '../../shaders/lib/module.ts';
import { PlanError } from '../core/errors.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { NodeOf, OpKind } from '../ir/ops.ts';

/** An operand of a dispatch: a graph value by name, a constant prepared on the host, or scratch memory of the node. */
export type CallOperand =
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'constant'; readonly tensor: Tensor }
  | { readonly kind: 'scratch'; readonly id: string; readonly elements: number };

/** One dispatch. `operands` are in the order of `shader.bindings`. */
export interface KernelCall {
  readonly variant: string;
  readonly shader: ShaderModule;
  readonly operands: readonly CallOperand[];
  readonly params: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number, number];
}

/** What lowering sees of one node. */
export interface LowerContext<K extends OpKind> {
  readonly node: NodeOf<K>;
  readonly device: DeviceProfile;
  /** Input descriptions; `undefined` marks an absent optional input. */
  readonly inputs: readonly (TensorDesc | undefined)[];
  readonly outputs: readonly TensorDesc[];
  /** The elements of a value that is an initializer. */
  readonly constant: (name: string) => Tensor | undefined;
}

/** One way to run an operator. `tryLower` gives nothing where the variant does not apply; it never clips. */
export interface Variant<K extends OpKind> {
  readonly name: string;
  tryLower(context: LowerContext<K>): readonly KernelCall[] | undefined;
}

/**
 * How an operator reaches the GPU:
 * - `dispatch`: ordered variants, the first that applies wins, the last always applies;
 * - `view`: the output has the input's elements in the same order, so it shares its buffer;
 * - `host`: only ever evaluated while the graph is compiled (shape arithmetic).
 */
export type KernelDefinition<K extends OpKind> =
  | { readonly kind: 'dispatch'; readonly variants: readonly Variant<K>[] }
  | { readonly kind: 'view' }
  | { readonly kind: 'host' };

/** Makes a variant from its two halves: a plan for this shape and device (or nothing), and its lowering. */
export function variant<K extends OpKind, P>(
  name: string,
  planFor: (context: LowerContext<K>) => P | undefined,
  lower: (context: LowerContext<K>, plan: P) => readonly Omit<KernelCall, 'variant'>[],
): Variant<K> {
  return {
    name,
    tryLower: (context) => {
      const plan = planFor(context);
      if (plan === undefined) return undefined;
      return lower(context, plan).map((call) => ({ variant: name, ...call }));
    },
  };
}

/** The input at `index`. Throws PlanError when it is absent: use only for required inputs. */
export function required<K extends OpKind>(context: LowerContext<K>, index: number): TensorDesc {
  const desc = context.inputs[index];
  if (!desc) throw new PlanError(`input ${index} is missing`, { node: context.node.name, op: context.node.op });
  return desc;
}

/** The output at `index`. */
export function result<K extends OpKind>(context: LowerContext<K>, index = 0): TensorDesc {
  const desc = context.outputs[index];
  if (!desc) throw new PlanError(`output ${index} is missing`, { node: context.node.name, op: context.node.op });
  return desc;
}

/** A graph value as operand; throws PlanError on the empty name of an absent input. */
export function value(name: string | undefined): CallOperand {
  if (!name) throw new PlanError('an absent input was bound to a kernel');
  return { kind: 'value', name };
}

/**
 * Workgroup counts for `invocations` in one dimension, folded into y where one dimension would exceed the device's
 * limit. The kernel rebuilds its index with `linear_index` (shaders/lib/index.ts) and returns past the end.
 */
export function dispatch1d(
  invocations: number,
  workgroupSize: number,
  device: DeviceProfile,
): readonly [number, number, number] {
  const groups = Math.max(1, Math.ceil(invocations / workgroupSize));
  const limit = device.limits.maxComputeWorkgroupsPerDimension;
  if (groups <= limit) return [groups, 1, 1];
  const rows = Math.ceil(groups / limit);
  if (rows > limit) throw new PlanError(`${invocations} invocations exceed what one dispatch can hold`);
  return [Math.ceil(groups / rows), rows, 1];
}
