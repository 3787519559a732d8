/** Names the file in whatever an importer throws, and turns foreign exceptions into ImportError. */
import { GraphError, ImportError, TilewiseError, UnsupportedError } from '../core/errors.ts';
import type { FormatName } from './importer.ts';

/** The error to throw for a failed import of `file`. Errors that already name a file, or concern none, stay as they are. */
export function locate(error: unknown, file: string, format: FormatName): TilewiseError {
  if (!(error instanceof TilewiseError)) {
    const text = error instanceof Error ? error.message : String(error);
    return new ImportError(`the bytes are not a valid ${format} model: ${text}`, { file, format, cause: error });
  }
  if (error.detail.file !== undefined || error.code === 'LOAD_FAILED') return error;
  const detail = { ...error.detail, file, format, cause: error };
  if (error instanceof UnsupportedError) return new UnsupportedError(error.items, detail);
  if (error instanceof GraphError) return new GraphError(error.reason, detail);
  return new ImportError(error.reason, detail);
}
