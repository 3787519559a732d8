/** A form of a case that is loaded, and what loading one needs. */
import type { Tensor } from '../../../src/core/tensor.ts';
import type { GpuClock } from '../../../src/measure/clock.ts';

/** Tensors by name. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** A form that is loaded. */
export interface Contender {
  readonly dispatches?: number;
  /** One whole run, in milliseconds. */
  readonly run: () => Promise<number>;
  /** One run on the GPU alone, in milliseconds. */
  readonly runGpu?: () => Promise<number>;
  /** The answer; nothing where a form has none to compare. */
  readonly answer: () => Promise<Tensors | undefined>;
  readonly close: () => Promise<void>;
}

/** What loading a form needs. */
export interface Arena {
  readonly device: GPUDevice;
  readonly clock: GpuClock;
}
