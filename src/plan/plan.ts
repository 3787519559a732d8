/** The Plan: everything the WebGPU executor needs, as plain printable data made without a GPU. */
import type { Binding } from '../../shaders/lib/module.ts';
import type { Storage, Stored } from '../core/storage.ts';
import type { TensorDesc } from '../core/tensor.ts';

/**
 * A buffer of the plan; sizes are multiples of 16. A `weight` is uploaded, a
 * `prepared` one is made from a weight when the plan is loaded, a `source` is a weight that nothing reads after that.
 */
export interface PlanBuffer {
  readonly bytes: number;
  readonly role: 'input' | 'output' | 'slot' | 'weight' | 'prepared' | 'source';
  /** Part of an earlier buffer, from this byte on (a multiple of 256), instead of one of its own. */
  readonly within?: { readonly buffer: number; readonly offset: number };
}

/** A graph input or output and the buffer that holds it, densely. */
export interface PlanPort extends TensorDesc {
  readonly name: string;
  readonly storage: Storage;
  readonly buffer: number;
  /** The extent of an output that depends on data, of which the shape has the bound: its dimension, and what holds it. */
  readonly bounded?: { readonly axis: number; readonly count: PlanPort };
}

/** Elements uploaded once, when the plan is loaded. */
export interface PlanWeight {
  readonly buffer: number;
  /** As they are stored. */
  readonly data: Uint8Array;
}

/** Where a value is: its buffer, how it is stored, and where in the buffer. */
export interface PlanValue extends Stored {
  readonly buffer: number;
}

/** A distinct pipeline: WGSL text and binding signature. */
export interface PlanPipeline {
  readonly wgsl: string;
  readonly bindings: readonly Binding[];
  readonly hasParams: boolean;
  readonly label: string;
}

/** One dispatch. */
export interface PlanStep {
  /** Index of the node in the graph that was planned. */
  readonly node: number;
  readonly label: string;
  readonly op: string;
  readonly variant: string;
  readonly pipeline: number;
  /** Buffer of each storage binding, in binding order. */
  readonly buffers: readonly number[];
  /** Bytes of the operand behind each binding: of the value itself, where it lies inside a larger buffer. */
  readonly operandBytes: readonly number[];
  /** Byte range in the parameter buffer; zero bytes when the shader takes none. */
  readonly paramsOffset: number;
  readonly paramsBytes: number;
  readonly workgroups: readonly [number, number, number];
}

/** Memory figures of a plan, in bytes. */
export interface PlanMemory {
  /** Weights as they stay on the device, prepared ones included. */
  readonly weights: number;
  /** All slots, inputs and outputs: what the activations occupy at once. */
  readonly activations: number;
  /** What one buffer per value would take. */
  readonly naive: number;
  /** The largest sum of simultaneously live values: no plan can be smaller. */
  readonly lowerBound: number;
}

/** A compiled network for one set of input shapes and one device profile. `structuredClone` copies it. */
export interface Plan {
  readonly name: string;
  readonly inputs: readonly PlanPort[];
  readonly outputs: readonly PlanPort[];
  readonly buffers: readonly PlanBuffer[];
  readonly weights: readonly PlanWeight[];
  readonly pipelines: readonly PlanPipeline[];
  /** Run once, when the plan is loaded: they make the `prepared` buffers. Not tied to a node (`node` is −1). */
  readonly prepare: readonly PlanStep[];
  readonly steps: readonly PlanStep[];
  /** Contents of the one parameter buffer. */
  readonly params: Uint8Array;
  /** Every graph value that has a buffer, for checks and profiles. */
  readonly values: ReadonlyMap<string, PlanValue>;
  readonly memory: PlanMemory;
}
