/** Translations of reductions. */
import type { ReduceKind } from '../../../ir/ops.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';

/** Reduces over the axes that input 1 lists; none of them reduces nothing. */
function reduce(c: OperatorContext, kind: ReduceKind, x: string): string {
  const axes = c.knownInts(1, 'axes');
  const { keepDims } = c.options('Reducer');
  return axes.length === 0 ? c.one('Identity', [x], {}) : c.one('Reduce', [x], { kind, axes, keepDims });
}

const reduction =
  (kind: ReduceKind): TfliteTranslation =>
  (c) =>
    reduce(c, kind, c.input(0));

/** Any and All: the extreme of the booleans as integers. */
const logical =
  (kind: 'max' | 'min'): TfliteTranslation =>
  (c) =>
    c.one('Cast', [reduce(c, kind, c.one('Cast', [c.input(0)], { to: 'int32' }))], { to: 'bool' });

const argReduce =
  (kind: 'max' | 'min'): TfliteTranslation =>
  (c) => {
    const dtype = c.outputDtype() === 'int64' ? 'int64' : 'int32';
    return c.one('ArgReduce', [c.input(0)], {
      kind,
      axis: c.knownInt(1, 'an axis'),
      keepDims: false,
      last: false,
      dtype,
    });
  };

/** Rows of the operator table. */
export const REDUCE = { MEAN: reduction('mean') };

/** Rows of the table of what few networks have. */
export const FURTHER_REDUCE = {
  SUM: reduction('sum'),
  REDUCE_MAX: reduction('max'),
  REDUCE_MIN: reduction('min'),
  REDUCE_PROD: reduction('prod'),
  REDUCE_ANY: logical('max'),
  REDUCE_ALL: logical('min'),
  ARG_MAX: argReduce('max'),
  ARG_MIN: argReduce('min'),
};
