/** What `simd/` knows about an operator: how to turn one node into calls of WASM kernels. Pure data in and out. */
import type { HostArray } from '../core/dtype.ts';
import type { Row } from '../core/on-demand.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { NodeOf, OpKind } from '../ir/ops.ts';

/** Families of kernels: each is a file of `runtime/wasm/assembly`, a module of its own that is loaded for the nodes that need it. */
export type KernelFamily =
  | 'activation'
  | 'conv'
  | 'depthwise'
  | 'elementwise'
  | 'move'
  | 'normalise'
  | 'pool'
  | 'product'
  | 'quantise'
  | 'reduce'
  | 'sample'
  | 'wide'
  | 'winograd';

/** A kernel: its family and its name there. */
export type KernelName = `${KernelFamily}/${string}`;

/**
 * An operand of a call. A kernel sees its address: of a graph value (a constant among them), of weights that are rearranged
 * when the plan is loaded, or of memory that the node's calls share; 0 where there is none.
 */
export type SimdOperand =
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'scratch'; readonly id: string; readonly bytes: number }
  | PackedOperand;

/** Weights in another arrangement. Nodes that give the same source and key share the result. */
export interface PackedOperand {
  readonly kind: 'packed';
  readonly source: Tensor;
  readonly key: string;
  readonly bytes: number;
  /** Floats of `Staging` that this takes; none unless given. */
  readonly staged?: number;
  /** Writes all of it; the memory is zeros before. */
  readonly write: (to: Uint8Array, staging: Staging) => void;
}

/** Kernels that write packed weights, and memory for what they read. */
export interface Staging {
  /** Writes numbers as floats from there on, so many floats from the begin of this memory. Gives their address. */
  readonly put: (data: HostArray, offset: number) => number;
  /** Calls a kernel: its words, fewer than any other call has, the floats behind them, and its units. */
  readonly call: (kernel: KernelName, words: readonly number[], floats: readonly number[], units: number) => void;
}

/**
 * One call. The kernel is an export `(params, begin, end, scratch)` of its module: `params` is where the addresses of the
 * operands lie, then the integers, then the floats, four bytes each, as the class of its file in `assembly/` lists them. The
 * work is `units` parts that do not depend on each other and write apart; a call does those from `begin` to `end`, which several
 * threads share. A result does not depend on how the units are divided.
 */
export interface SimdCall {
  readonly kernel: KernelName;
  readonly operands: readonly SimdOperand[];
  readonly ints: readonly number[];
  readonly floats?: readonly number[];
  /** The kernel hands what it has written on to `activation`, whose module a plan with such a call needs too. */
  readonly activates?: boolean;
  readonly units: number;
  /** Bytes that each thread has for itself while it computes, from `scratch` on, a multiple of 16. */
  readonly scratch?: number;
  /** Where all it does is to copy neighbouring bytes of its first operand to its second: there is no call where they lie so. */
  readonly run?: CopiedRun;
}

/** So many bytes, from one byte of an operand on, to those of another. */
export interface CopiedRun {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** What lowering sees of one node. Values are dense and row-major, as `core/dtype.ts` holds their types on the host. */
export interface SimdContext<K extends OpKind> {
  readonly node: NodeOf<K>;
  /** `undefined`: absent. */
  readonly inputs: readonly (TensorDesc | undefined)[];
  readonly outputs: readonly TensorDesc[];
  /** The elements of an input that is known while the plan is made. */
  readonly constant: (input: number) => Tensor | undefined;
}

/**
 * How an operator becomes calls. Gives nothing for a node that the kernels do not take: it runs through the operator's
 * reference then.
 */
export type SimdDefinition<K extends OpKind> = (context: SimdContext<K>) => readonly SimdCall[] | undefined;

/** How some operators become calls. */
export type SimdRows = { readonly [K in OpKind]?: Row<SimdDefinition<K>> };

/** The operand of an input; absent where the node has none. */
export function inputOperand<K extends OpKind>({ node }: SimdContext<K>, index: number): SimdOperand {
  return operandOf(node.inputs[index]);
}

/** The operand of an output. */
export function outputOperand<K extends OpKind>({ node }: SimdContext<K>, index = 0): SimdOperand {
  return operandOf(node.outputs[index]);
}

function operandOf(name: string | undefined): SimdOperand {
  return name ? { kind: 'value', name } : { kind: 'absent' };
}
