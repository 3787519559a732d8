/** Between callers without types and code that has them: what they pass may be anything, with getters that throw. */
import { InputError, TilewiseError } from '../core/errors.ts';

/** What `work` gives, which looks at arguments of `call`. Whatever it throws but errors of ours is an InputError then. */
export function guarded<T>(call: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw typed(call, cause);
  }
}

/** The same of work that is awaited. */
export async function guardedAsync<T>(call: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw typed(call, cause);
  }
}

function typed(call: string, cause: unknown): TilewiseError {
  if (cause instanceof TilewiseError) return cause;
  const reason = cause instanceof Error ? cause.message : 'they throw what is no error';
  return new InputError(`the arguments of ${call} make no sense: ${reason}`, {
    hint: 'Its types, and the documentation of onnxruntime-common, say what it takes',
    cause,
  });
}
