/** Weights in the arrangement that kernels want: kernels of a plan write it, when it is loaded. */
import type { KernelName, Staging } from '../../simd/definition.ts';
import { STAGED_WORDS, type SimdPlan } from '../../simd/plan.ts';
import { at } from '../../util/arrays.ts';
import type { Kernel } from './kernel.ts';

/** Writes all packed weights of a plan, whose memory for these is zeros before. */
export function writePacked(
  { packed, staging, scratch }: Pick<SimdPlan, 'packed' | 'staging' | 'scratch'>,
  { buffer }: WebAssembly.Memory,
  kernelOf: (name: KernelName) => Kernel,
): void {
  const stage: Staging = {
    put: (data, offset) => {
      const address = staging + STAGED_WORDS + offset * Float32Array.BYTES_PER_ELEMENT;
      new Float32Array(buffer, address, data.length).set(data);
      return address;
    },
    call: (kernel, words, floats, units) => {
      new Int32Array(buffer, staging).set([...words, ...new Int32Array(Float32Array.from(floats).buffer)]);
      kernelOf(kernel)(staging, 0, units, at(scratch, 0));
    },
  };
  for (const { address, operand } of packed) operand.write(new Uint8Array(buffer, address, operand.bytes), stage);
}
