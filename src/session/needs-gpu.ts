/** What is said of calls that only a session on the GPU has. */
import { InputError } from '../core/errors.ts';

/** The error of such a call on another backend. */
export function needsGpu(call: string): InputError {
  return new InputError(`${call} needs a session with backend: 'webgpu'`);
}
