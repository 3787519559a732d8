/** What a graph is on WASM: where each value lies in one linear memory, and calls of kernels, or of references, in order. */
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import type { KernelName, PackedOperand } from './definition.ts';

/** A call whose operands have addresses. */
export interface KernelStep {
  readonly kind: 'kernel';
  /** Position of the node in the graph. */
  readonly node: number;
  readonly kernel: KernelName;
  /** See `SimdCall`. */
  readonly activates: boolean;
  /** Address of its parameters. */
  readonly params: number;
  readonly units: number;
}

/** A node that its operator's reference computes, on views of the same memory. */
export interface ReferenceStep {
  readonly kind: 'reference';
  readonly node: number;
}

/** A step of a run. */
export type SimdStep = KernelStep | ReferenceStep;

/** A value: its description, and the address of its elements. */
export interface SimdValue extends TensorDesc {
  readonly address: number;
}

/** A compiled graph as it runs on WASM, for one set of input shapes. */
export interface SimdPlan {
  readonly graph: Graph;
  /** All of the linear memory. */
  readonly bytes: number;
  readonly values: ReadonlyMap<string, SimdValue>;
  readonly steps: readonly SimdStep[];
  /** Written when the plan is loaded: elements of constants as they are, */
  readonly constants: readonly { readonly address: number; readonly tensor: Tensor }[];
  /** those that kernels want in another arrangement, and write so, */
  readonly packed: readonly { readonly address: number; readonly operand: PackedOperand }[];
  /** for which there is memory from here on, */
  readonly staging: number;
  /** and the parameters of all calls. */
  readonly params: { readonly address: number; readonly words: Int32Array };
  /** Memory of one thread: an address for each of `threads`. */
  readonly scratch: readonly number[];
  /** Regions that nothing may write: see `SimdPlanOptions.guard`. */
  readonly guards: readonly { readonly address: number; readonly bytes: number; readonly what: string }[];
  /** Memory figures, in bytes, as those of a GPU's plan. */
  readonly memory: { readonly weights: number; readonly activations: number; readonly naive: number };
}

/** How a graph is planned. */
export interface SimdPlanOptions {
  /** Threads that share the work of a call; 1 unless given. */
  readonly threads?: number;
  /**
   * Bytes before and behind every value, packed weight and scratch memory that belong to nothing, for tests that look whether
   * somebody wrote there. Every value has memory of its own then.
   */
  readonly guard?: number;
}
