/** Weights in the arrangement that kernels want: kernels of a plan write it, when it is loaded. */
import type { KernelName, Staging } from '../../simd/definition.ts';
import type { SimdPlan } from '../../simd/plan.ts';
import { at } from '../../util/arrays.ts';
import type { Kernel } from './kernel.ts';

/** Writes all packed weights of a plan, whose memory is zeros before. Its parameters are not there yet: calls have theirs there. */
export function writePacked(
  { packed, staging, params, scratch }: Pick<SimdPlan, 'packed' | 'staging' | 'params' | 'scratch'>,
  { buffer }: WebAssembly.Memory,
  kernelOf: (name: KernelName) => Kernel,
): void {
  const stage: Staging = {
    put: (data, offset) => {
      const address = staging + offset * Float32Array.BYTES_PER_ELEMENT;
      new Float32Array(buffer, address, data.length).set(data);
      return address;
    },
    call: (kernel, words, floats, units) => {
      new Int32Array(buffer, params.address).set(words);
      new Float32Array(buffer, params.address).set(floats, words.length);
      kernelOf(kernel)(params.address, 0, units, at(scratch, 0));
    },
  };
  for (const { address, operand } of packed) operand.write(new Uint8Array(buffer, address, operand.bytes), stage);
}
