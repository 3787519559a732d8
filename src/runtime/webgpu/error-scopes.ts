/** Turns WebGPU's out-of-band errors into exceptions. */
import { InputError, PlanError } from '../../core/errors.ts';
import { unlessLost } from './lost.ts';

/** What was made inside error scopes, and the device's verdict on it. */
export interface Scoped<T> {
  readonly result: T;
  /** Rejects with PlanError quoting the device's message when a scope caught something. */
  readonly verdict: Promise<void>;
}

/** Runs `work` inside validation and out-of-memory scopes. The caller owns what it made, whatever the verdict. */
export function inErrorScopes<T>(device: GPUDevice, what: string, work: () => T): Scoped<T> {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  const close = (): Promise<void> => judge(what, device.popErrorScope(), device.popErrorScope());
  let result: T;
  try {
    result = work();
  } catch (error) {
    close().catch(() => undefined);
    throw error;
  }
  return { result, verdict: close() };
}

/**
 * Runs `work`, which uses what the caller made on the GPU, inside a validation scope: without one, a run with a buffer that
 * was destroyed would give what the run before it gave. Rejects with InputError quoting the device's message.
 */
export async function withGiven(device: GPUDevice, what: string, work: () => void): Promise<void> {
  device.pushErrorScope('validation');
  let scope: Promise<GPUError | null> | undefined;
  try {
    work();
  } finally {
    scope = device.popErrorScope();
    scope.catch(() => undefined);
  }
  const refusal = await unlessLost(device, scope);
  if (!refusal) return;
  throw new InputError(`the GPU refused ${what}`, {
    lines: linesOf(refusal),
    hint: "Buffers and textures must be of the session's own device (Session.device), and not destroyed before the call is done",
  });
}

async function judge(
  what: string,
  validationScope: Promise<GPUError | null>,
  memoryScope: Promise<GPUError | null>,
): Promise<void> {
  const [validation, memory] = await Promise.all([validationScope, memoryScope]);
  if (memory) {
    throw new PlanError(`the GPU ran out of memory for ${what}`, {
      lines: linesOf(memory),
      hint: 'Use a smaller input, or dispose of other sessions first',
    });
  }
  if (validation) throw new PlanError(`the GPU refused ${what}`, { lines: linesOf(validation) });
}

function linesOf({ message }: GPUError): string[] {
  return message.trim().split('\n');
}
