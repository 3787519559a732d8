/** Every ONNX operator the importer knows: the union of the tables in `ops/`. Constant is handled by `import.ts`. */
import { ELEMENTWISE } from './ops/elementwise.ts';
import { MATRIX } from './ops/matrix.ts';
import { REDUCE } from './ops/reduce.ts';
import { RESIZE } from './ops/resize.ts';
import { SHAPE } from './ops/shape.ts';
import { SPATIAL } from './ops/spatial.ts';
import type { OpTable } from './ops/table.ts';

/** Rows by operator name of the default domain. */
export const OPERATORS: OpTable = { ...ELEMENTWISE, ...SPATIAL, ...RESIZE, ...SHAPE, ...REDUCE, ...MATRIX };
