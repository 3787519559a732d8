/** Every ONNX operator the importer knows: the union of the tables in `ops/`. Constant is handled by `import.ts`. */
import { onDemand } from '../../core/on-demand.ts';
import { ELEMENTWISE } from './ops/elementwise.ts';
import { MATRIX } from './ops/matrix.ts';
import { REDUCE } from './ops/reduce.ts';
import { SHAPE } from './ops/shape.ts';
import { SPATIAL } from './ops/spatial.ts';
import type { OpTable } from './ops/table.ts';

const COMMON: OpTable = { ...ELEMENTWISE, ...SPATIAL, ...SHAPE, ...REDUCE, ...MATRIX };

/** Rows by operator name of the default domain, for a model with these operators. */
export async function operatorsFor(ops: readonly string[]): Promise<OpTable> {
  if (ops.every((op) => Object.hasOwn(COMMON, op))) return COMMON;
  const { RARE } = await onDemand('further ONNX operators', () => import('./ops/rare.ts'));
  return { ...COMMON, ...RARE };
}
