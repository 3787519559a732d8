/** What `kernels/` knows about an operator: how to turn one node into GPU dispatches. Pure data in and out. */
import type { ShaderModule } from '../../shaders/lib/module.ts';
import type { DType } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { Part } from '../core/part.ts';
import { isDense, type Placement } from '../core/placement.ts';
import type { Storage, Stored } from '../core/storage.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { NodeOf, OpKind } from '../ir/ops.ts';

/**
 * An operand of a dispatch: a graph value by name, a constant prepared on the host (stored in its type's own word unless
 * it says otherwise), scratch memory of the node (f32 unless it says otherwise), or weights that one dispatch rearranges
 * when the plan is loaded.
 */
export type CallOperand =
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'constant'; readonly tensor: Tensor; readonly storage?: Storage }
  | { readonly kind: 'scratch'; readonly id: string; readonly elements: number; readonly storage?: Storage }
  | PreparedOperand;

/**
 * Weights in another arrangement (transformed for Winograd, packed in panels), made on the GPU once, when the plan is
 * loaded. `source` is uploaded as float32, or packed where the result is, and freed afterwards unless something else reads it. Nodes that give the same
 * source and key share the result. The shader binds the source (read), then the result (read_write).
 */
export interface PreparedOperand {
  readonly kind: 'prepared';
  readonly source: Tensor;
  readonly key: string;
  readonly elements: number;
  readonly storage: Storage;
  readonly shader: ShaderModule;
  readonly params: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number, number];
}

/** One dispatch. `operands` are in the order of `shader.bindings`. */
export interface KernelCall {
  readonly variant: string;
  readonly shader: ShaderModule;
  readonly operands: readonly CallOperand[];
  readonly params: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number, number];
}

/** What a node may want to know of the rest of its graph, to share pipelines with it. */
export interface PipelineTraits {
  /** Some convolution of the graph adds a residual. */
  readonly accumulates: boolean;
  /** The graph shuffles channels, so that some convolutions write theirs apart. */
  readonly scatters: boolean;
}

/** What lowering sees of one node. */
export interface LowerContext<K extends OpKind> {
  readonly node: NodeOf<K>;
  readonly device: DeviceProfile;
  /** How each input is stored and where it lies, as far as the definition's traits allow. `undefined`: absent. */
  readonly inputs: readonly (Stored | undefined)[];
  readonly outputs: readonly Stored[];
  /**
   * True when the input's elements already are where the output has them. For data movement that means nothing to do;
   * for other operators, which must allow it in `overwrites`, that the output is written over the input, bound once.
   */
  readonly shares: (input: number, output: number) => boolean;
  /** True when both lie in one buffer without sharing elements, so that a copy binds it once. Only data movement sees it. */
  readonly together?: (input: number, output: number) => boolean;
  readonly siblings: PipelineTraits;
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
export type KernelDefinition<K extends OpKind> = Dispatched<K> | { readonly kind: 'view' } | { readonly kind: 'host' };

/**
 * How an operand may lie in its buffer: `dense`, all of it; `rows`, with a pitch and an offset, channels packed;
 * `channels`, these apart, too. The last two are offered to variants with the trait `placed` only.
 */
export type Lies = 'dense' | 'rows' | 'channels';

/** What a kernel takes of an operand. */
export interface OperandTraits {
  /** Types it may have; all unless given. */
  readonly dtypes?: readonly DType[];
  /** How it may be stored, beside its type's own word. */
  readonly storage?: readonly Storage[];
  /** `dense` unless given. */
  readonly lies?: Lies;
  /** True of what must be known when the plan is made. */
  readonly constant?: boolean;
}

/** Operands that are dense, in their types' own words, and of any type. */
export const PLAIN_TRAITS: { readonly inputs: readonly OperandTraits[]; readonly outputs: OperandTraits } = {
  inputs: [{}],
  outputs: {},
};

/** An operator that runs on the GPU, and what its kernels take: the planner checks it before anything is lowered. */
export interface Dispatched<K extends OpKind> {
  readonly kind: 'dispatch';
  /** The last one takes whatever the traits allow. */
  readonly variants: readonly Variant<K>[];
  /**
   * Names of variants in the order they should be tried for this node on this class of adapter, where that is not the
   * order of the list; those not named come after. Thresholds cite the measurement that set them.
   */
  preferred?(context: LowerContext<K>): readonly string[];
  /** Traits of the inputs, in order; the last stands for all that follow. */
  readonly inputs: readonly OperandTraits[];
  /** Those of every output. */
  readonly outputs: OperandTraits;
  /** Ranks the first input may have; any unless given. */
  readonly ranks?: readonly number[];
  /**
   * True when the result needs the range of a float32, however floats are stored: a statistic, what one is made of, or what
   * is made of such alone. `isWide` says it of an operand, and of constants. By default, what has wide operands only, or
   * beside them constants that are nowhere negative: a sum.
   */
  isWide?(node: NodeOf<K>, isWide: (name: string) => boolean): boolean;
  /** Which input others are divided by, if any is: that keeps the range of a float32, too. */
  divisor?(node: NodeOf<K>): number | undefined;
  /**
   * Which inputs choose among elements: coordinates, scores. Rounded they would choose others, so they keep all digits, and
   * so does what they are computed of. By default all, where the results are int32, int64 or bool.
   */
  chooses?(node: NodeOf<K>): readonly number[];
  /** False of nodes whose kernels take narrow integers in words of their own only, whatever the traits say. */
  packs?(node: NodeOf<K>): boolean;
  /** Inputs whose buffer the output may take over, if nothing else reads it; see `LowerContext.shares`. */
  overwrites?(context: LowerContext<K>): readonly number[];
  /** What a node of this kind asks of the pipelines that the nodes of its graph share. */
  siblings?(node: NodeOf<K>): Partial<PipelineTraits>;
  /** For operators that do nothing but move elements. */
  readonly moves?: Movement<K>;
  /** What only some nodes take of it. */
  readonly parts?: readonly LazyPart<K>[];
}

/** Variants' code that is loaded before a node that needs it is lowered. */
export interface LazyPart<K extends OpKind> {
  /** `inputs` describes the operands, where they are known; without a device, what every device needs. */
  needs(node: NodeOf<K>, inputs: readonly (TensorDesc | undefined)[], device?: DeviceProfile): boolean;
  /** Rejects with LoadError when it cannot be fetched. */
  load(): Promise<unknown>;
}

/**
 * A movement of elements between a whole and what lies in it. Where the one lies as the other says, nothing is left to do;
 * so the planner asks, and lays values out accordingly.
 */
export interface Movement<K extends OpKind> {
  /** Which side is the whole: the output (Concat, ChannelShuffle), or the first input (Split, Slice). */
  readonly whole: 'output' | 'input';
  /** Where the input (output) at `index` lies, were its elements where the whole has them; nothing if no placement says it. */
  place(context: LowerContext<K>, index: number): Placement | undefined;
  /** Which part of the whole the input (output) at `index` is, where it is one. */
  part?(context: LowerContext<K>, index: number): Part | undefined;
}

/** What a variant can do beyond dense operands; see `Lies`. */
export interface VariantTraits {
  readonly placed?: boolean;
}

/**
 * Makes a variant from its two halves: a plan for this shape and device (or nothing), and its lowering. Without the
 * trait `placed` it is not offered operands that lie inside other buffers.
 */
export function variant<K extends OpKind, P>(
  name: string,
  planFor: (context: LowerContext<K>) => P | undefined,
  lower: (context: LowerContext<K>, plan: P) => readonly Omit<KernelCall, 'variant'>[],
  traits: VariantTraits = {},
): Variant<K> {
  return {
    name,
    tryLower: (context) => {
      if (!traits.placed && !allDense(context)) return undefined;
      const plan = planFor(context);
      if (plan === undefined) return undefined;
      return lower(context, plan).map((call) => ({ variant: name, ...call }));
    },
  };
}

function allDense<K extends OpKind>({ inputs, outputs }: LowerContext<K>): boolean {
  return [...inputs, ...outputs].every((value) => !value || isDense(value.placement, value.shape));
}

/** Traits of the input at `index`. */
export function inputTraits<K extends OpKind>({ inputs }: Dispatched<K>, index: number): OperandTraits {
  return inputs[Math.min(index, inputs.length - 1)] ?? {};
}

/** The input at `index`. Throws PlanError when it is absent: use only for required inputs. */
export function required<K extends OpKind>({ node, inputs }: LowerContext<K>, index: number): Stored {
  return present(node, 'input', inputs, index);
}

/** The output at `index`. */
export function result<K extends OpKind>({ node, outputs }: LowerContext<K>, index = 0): Stored {
  return present(node, 'output', outputs, index);
}

function present(
  { name, op }: { readonly name: string; readonly op: OpKind },
  what: string,
  all: readonly (Stored | undefined)[],
  index: number,
): Stored {
  const desc = all[index];
  if (!desc) throw new PlanError(`${what} ${index} is missing`, { node: name, op });
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
