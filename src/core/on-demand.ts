/** Parts of the engine that are fetched when they are first needed. */
import { LoadError } from './errors.ts';

/** Awaits a dynamic import. Rejects with LoadError, naming the part, when it cannot be fetched. */
export async function onDemand<T>(part: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new LoadError(`tilewise cannot load its ${part}`, {
      hint: 'They are fetched on demand: check the network, and that every file of the build is served',
      cause,
    });
  }
}
