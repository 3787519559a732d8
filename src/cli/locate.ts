/** Names the model in errors of stages that no longer know which file a graph came from. */
import { TilewiseError, UnsupportedError, type ErrorCode } from '../core/errors.ts';

/** What can be wrong with a graph after its import. */
const OF_THE_MODEL: ReadonlySet<ErrorCode> = new Set(['GRAPH_INVALID', 'SHAPE_MISMATCH', 'PLAN_FAILED', 'UNSUPPORTED']);

/** The same error with the file in its message and detail; others, and those that name a file, as they are. */
export function withFile(error: unknown, file: string): unknown {
  if (!(error instanceof TilewiseError) || error.detail.file !== undefined) return error;
  const detail = { ...error.detail, file, cause: error };
  if (error instanceof UnsupportedError) return new UnsupportedError(error.items, detail);
  return Object.assign(new TilewiseError(error.code, error.reason, detail), { name: error.name });
}

/** Does the work on the model; errors that are about the model name it. */
export async function onModel<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TilewiseError && OF_THE_MODEL.has(error.code) ? withFile(error, file) : error;
  }
}
