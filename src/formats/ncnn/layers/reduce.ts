/** Reductions of dimensions. */
import type { ReduceKind } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { NcnnContext } from '../context.ts';

/** The operations, by number; the one before the last is the logarithm of a sum. */
const KINDS: readonly ReduceKind[] = [
  'sum',
  'l1',
  'sumSquare',
  'mean',
  'max',
  'min',
  'prod',
  'l1',
  'l2',
  'sum',
  'logSumExp',
];
const LOG_SUM = 9;

/** The axes of the value. Those of a file count a blob's dimensions, where it says so; older ones counted a batch. */
function axesOf(c: NcnnContext, x: string): number[] {
  const axes = c.intList(3);
  if (axes.length > 0 && !c.flag(5)) c.refuse('axes as older files have them: convert the model again');
  if (c.flag(1, true) || c.dims(x) === 1) return range(c.dims(x)).map((i) => i + 1);
  return axes.map((axis) => c.axisOf(x, axis));
}

/** A blob has one dimension at least: what is left where all go is a vector of one. */
function reduction(c: NcnnContext): string {
  const x = c.input();
  const op = c.int(0, 0);
  const kind = KINDS[op] ?? c.refuse(`operation ${op}`);
  const axes = axesOf(c, x);
  const coefficient = c.float(2, 1);
  if (axes.length === 0) c.fail('reduces no dimension');
  const reduced = c.one('Reduce', [x], { kind, axes, keepDims: c.flag(4) });
  const logged = op === LOG_SUM ? c.one('Unary', [reduced], { kind: 'log' }) : reduced;
  const y = coefficient === 1 ? logged : c.binary('mul', logged, c.scalar('float32', coefficient));
  return c.rank(y) > 1 ? y : c.one('Unsqueeze', [y], { axes: [1] });
}

/** Rows. */
export const REDUCE = { Reduction: reduction };
