/** Turns WebGPU's out-of-band errors into exceptions. */
import { PlanError } from '../../core/errors.ts';

/**
 * Runs `work` inside validation and out-of-memory scopes. Rejects with PlanError quoting the device's message when
 * either caught something.
 */
export async function withErrorScopes<T>(device: GPUDevice, what: string, work: () => T): Promise<T> {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  let result: T;
  let scopes: readonly [Promise<GPUError | null>, Promise<GPUError | null>];
  try {
    result = work();
  } finally {
    scopes = [device.popErrorScope(), device.popErrorScope()];
  }
  const [validation, memory] = await Promise.all(scopes);
  if (memory) {
    throw new PlanError(`the GPU ran out of memory for ${what}: ${memory.message}`, {
      hint: 'Use a smaller input, or dispose of other sessions first',
    });
  }
  if (validation) throw new PlanError(`the GPU refused ${what}: ${validation.message}`);
  return result;
}
