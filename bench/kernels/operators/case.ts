/** What the operator benchmark measures: a graph of one operator, and several ways to have its answer. */
import type { Tensor } from '../../../src/core/tensor.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import type { ForcedVariants } from '../../../src/plan/lower.ts';

/** One way to have the answer. */
export type Form = {
  /** For people: `phases`, `gather`, `zero-stuffed`. */
  readonly name: string;
  /** True where it answers another question (another operator of the same work): it is not compared with the reference. */
  readonly other?: boolean;
} & (
  | {
      /** tilewise on the GPU. */
      readonly engine: 'tilewise';
      /** In place of the case's. */
      readonly graph?: () => Graph;
      readonly feeds?: OperatorCase['feeds'];
      readonly forced?: ForcedVariants;
      /** The states of the case stay on the GPU from run to run. */
      readonly keeps?: boolean;
    }
  | { readonly engine: 'tilewise-cpu' }
  /** onnxruntime-web on the graph as ONNX, with two threads, or its native WebGPU engine. */
  | {
      readonly engine: 'ort-wasm' | 'ort-webgpu';
      /** As tilewise's: in the engine's own GPU buffers. */
      readonly keeps?: boolean;
    }
  /** A function on the host that computes the same. */
  | { readonly engine: 'host'; readonly run: () => unknown }
);

/** One setting of an operator. The first form is what others are compared with. */
export interface OperatorCase {
  readonly title: string;
  readonly graph: () => Graph;
  /** By the names of the graph's inputs. */
  readonly feeds: () => Readonly<Record<string, Tensor>>;
  /**
   * Those inputs and outputs of the graph that are channels-last activations: engines of ONNX files are given and give them
   * channels-first, so that nobody has to transpose.
   */
  readonly images?: readonly string[];
  readonly forms: readonly [Form, ...Form[]];
  /**
   * The work depends on the values of the inputs, whose memory later steps take over: steps that run again without them say
   * nothing, and there is no time on the GPU alone.
   */
  readonly byValues?: boolean;
  /** Inputs that are states, and the outputs that are these in the next run. */
  readonly states?: Readonly<Record<string, string>>;
  /** How answers are compared where rounding may decide (indices that are nearly ties); by default element by element. */
  readonly agrees?: (answer: ReadonlyMap<string, Tensor>, reference: ReadonlyMap<string, Tensor>) => string | undefined;
}

/** What one form came to. */
export interface FormRow {
  readonly form: string;
  readonly engine: Form['engine'];
  /** Of tilewise's plan. */
  readonly dispatches?: number;
  /** Milliseconds on the GPU, all dispatches as one pass; absent of engines that do not tell. */
  readonly gpuMs?: number;
  /** Milliseconds of a whole run: feeds from host memory, results in host memory. */
  readonly ms?: number;
  /** How the answer differs from the reference's; absent where it does not. */
  readonly differs?: string;
  /** Why there are no times. */
  readonly problem?: string;
  /** Whole runs of this form over those of the first. */
  readonly ratio?: number;
  /** A whole run of this form, or its GPU time where known, over the GPU time of the first. */
  readonly gpuRatio?: number;
}

/** A case and its forms. */
export interface OperatorRow {
  readonly operator: string;
  readonly case: string;
  readonly multiplyAdds: number;
  readonly forms: readonly FormRow[];
}
