/** Inputs that are filled on the GPU, from what is there already. */

/** A buffer, or part of one. */
export interface Region {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** Records what fills an input. Called when the turn of its run has come, in the task that submits the run. */
export type InputWriter = (target: Region, encoder: GPUCommandEncoder) => void;
