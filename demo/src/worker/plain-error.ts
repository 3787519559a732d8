/** Errors as plain data, with everything the engine says about them. */
import { TilewiseError, UnsupportedError, type Unsupported } from '../../../src/index.ts';

/** An error that crossed from the Worker. */
export interface PlainError {
  /** The engine's stable code; `ABORTED` when the visitor stopped it, `UNKNOWN` for what the engine did not throw. */
  readonly code: string;
  /** What is wrong, and with what. */
  readonly message: string;
  readonly hint?: string;
  /** Everything that a model needs and the engine lacks. */
  readonly unsupported?: readonly Unsupported[];
}

/** Describes whatever was thrown. */
export function plainError(error: unknown): PlainError {
  if (error instanceof UnsupportedError) {
    const count = error.items.length === 1 ? '1 thing' : `${error.items.length} things`;
    return { ...located(error, `The model needs ${count} that the engine lacks`), unsupported: error.items };
  }
  if (error instanceof TilewiseError) return located(error, error.reason);
  if (error instanceof Error && error.name === 'AbortError') return { code: 'ABORTED', message: 'Stopped' };
  return { code: 'UNKNOWN', message: error instanceof Error ? error.message : String(error) };
}

function located({ code, detail }: TilewiseError, reason: string): PlainError {
  const { file, node, op, hint } = detail;
  const where = [file, node && (op ? `${node} (${op})` : node)].filter(Boolean).join(', ');
  return { code, message: where ? `${where}: ${reason}` : reason, ...(hint === undefined ? {} : { hint }) };
}
