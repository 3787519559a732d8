/** Reductions that classifiers have no use for: of booleans, where the extremes are, and sums up to each element. */
import type { GraphTranslation } from '../../context.ts';
import { reduce } from './reduce.ts';

const argReduce =
  (kind: 'max' | 'min'): GraphTranslation =>
  (c) => {
    const axis = c.inputCount > 1 ? c.knownInt(1, 'an axis') : 0;
    return c.one('ArgReduce', [c.input(0)], { kind, axis, keepDims: false, last: false, dtype: 'int32' });
  };

/** Any and All: the extreme of the booleans as integers. */
const logical =
  (kind: 'max' | 'min'): GraphTranslation =>
  (c) => {
    const x = c.one('Cast', [c.input(0)], { to: 'int32' });
    return c.one('Cast', [reduce(c, kind, x)], { to: 'bool' });
  };

export const all = logical('min');
export const any = logical('max');
export const argMax = argReduce('max');
export const argMin = argReduce('min');

export const cumsum: GraphTranslation = (c) =>
  c.one('CumSum', [c.input(0)], {
    axis: c.knownInt(1, 'an axis'),
    exclusive: c.attr.bool('exclusive', false),
    reverse: c.attr.bool('reverse', false),
  });
