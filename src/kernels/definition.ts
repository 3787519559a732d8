/** What `kernels/` knows about an operator: how to turn one node into GPU dispatches. Pure data in and out. */
import type { ShaderModule } from '../../shaders/lib/module.ts';
import { PlanError } from '../core/errors.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { NodeOf, OpKind } from '../ir/ops.ts';
import { densePlacement, isDense, type Placement } from '../core/placement.ts';

/**
 * An operand of a dispatch: a graph value by name, a constant prepared on the host, scratch memory of the node, or
 * weights that one dispatch rearranges when the plan is loaded.
 */
export type CallOperand =
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'constant'; readonly tensor: Tensor }
  | { readonly kind: 'scratch'; readonly id: string; readonly elements: number; readonly dtype?: StoredFloat }
  | PreparedOperand;

/** How a float is stored on the GPU; arithmetic is always float32. */
export type StoredFloat = 'float32' | 'float16';

/**
 * Weights in another arrangement (transformed for Winograd, packed in panels), made on the GPU once, when the plan is
 * loaded. `source` is uploaded as float32, and freed afterwards unless something else reads it. Nodes that give the same
 * source and key share the result. The shader binds the source (read), then the result (read_write).
 */
export interface PreparedOperand {
  readonly kind: 'prepared';
  readonly source: Tensor;
  readonly key: string;
  readonly elements: number;
  readonly dtype: StoredFloat;
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

/** What lowering sees of one node. */
export interface LowerContext<K extends OpKind> {
  readonly node: NodeOf<K>;
  readonly device: DeviceProfile;
  /**
   * Input descriptions, as stored: float16 means two-byte elements, and is given only where the definition's `half`
   * allows it. `undefined` marks an absent optional input.
   */
  readonly inputs: readonly (TensorDesc | undefined)[];
  /** Output descriptions, as stored. */
  readonly outputs: readonly TensorDesc[];
  /** Where the elements lie: dense, unless the definition's `placed` allows more. */
  readonly inputPlacements: readonly Placement[];
  readonly outputPlacements: readonly Placement[];
  /**
   * True when the input's elements already are where the output has them. For data movement that means nothing to do;
   * for other operators, which must allow it in `inPlace`, that the output is written over the input, bound once.
   */
  readonly shares: (input: number, output: number) => boolean;
  /** True when both lie in one buffer without sharing elements, so that a copy binds it once. Only data movement sees it. */
  readonly together?: (input: number, output: number) => boolean;
  /** True when some convolution of the graph adds a residual. */
  readonly accumulates: boolean;
  /** True when the graph shuffles channels, so that some convolutions write theirs apart. */
  readonly scatters: boolean;
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

/** An operator that runs on the GPU, and what its kernels can do beyond dense float32 operands. */
export interface Dispatched<K extends OpKind> {
  readonly kind: 'dispatch';
  /** The last one takes whatever the fields below allow. */
  readonly variants: readonly Variant<K>[];
  /**
   * Names of variants in the order they should be tried for this node on this class of adapter, where that is not the
   * order of the list; those not named come after. Thresholds cite the measurement that set them.
   */
  preferred?(context: LowerContext<K>): readonly string[];
  /**
   * Inputs that may have a pitch and an offset (their channels packed), and whether outputs may have any placement;
   * `packed` means outputs may have a pitch and an offset only. `scattered`: so may the channels of the inputs be.
   */
  readonly placed?: {
    readonly inputs: readonly number[];
    readonly outputs: 'no' | 'packed' | 'any';
    readonly scattered?: true;
  };
  /** Inputs that may be stored as float16; where given, so may the outputs. Accumulation stays in float32. */
  readonly half?: readonly number[];
  /** Inputs whose buffer the output may take over, if nothing else reads it; see `LowerContext.shares`. */
  inPlace?(context: LowerContext<K>): readonly number[];
  /** What only some nodes take of it. */
  readonly parts?: readonly LazyPart<K>[];
}

/** Variants' code that is loaded before a node that needs it is lowered. */
export interface LazyPart<K extends OpKind> {
  /** `inputs` describes the operands, where they are known. */
  needs(node: NodeOf<K>, inputs: readonly (TensorDesc | undefined)[]): boolean;
  /** Rejects with LoadError when it cannot be fetched. */
  load(): Promise<unknown>;
}

/** The inputs of an operator that takes any number of them; those beyond, which no network has, are dense float32. */
export const EVERY_INPUT: readonly number[] = Array.from({ length: 256 }, (_, i) => i);

/** What a variant can do beyond dense operands; see `Dispatched.placed`. */
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

function allDense<K extends OpKind>({ inputs, outputs, inputPlacements, outputPlacements }: LowerContext<K>): boolean {
  return (
    inputs.every((x, i) => maybeDense(x, inputPlacements[i])) &&
    outputs.every((y, i) => maybeDense(y, outputPlacements[i]))
  );
}

function maybeDense(desc: TensorDesc | undefined, placement: Placement | undefined): boolean {
  return !desc || !placement || isDense(placement, desc.shape);
}

/** The placement of the input at `index`; dense when nothing else is said. */
export function inputPlacement<K extends OpKind>(context: LowerContext<K>, index: number): Placement {
  return context.inputPlacements[index] ?? densePlacement(required(context, index).shape);
}

/** The placement of the output at `index`. */
export function outputPlacement<K extends OpKind>(context: LowerContext<K>, index = 0): Placement {
  return context.outputPlacements[index] ?? densePlacement(result(context, index).shape);
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
