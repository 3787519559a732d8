/** Classes of rows: the best of each, as most networks' authors take it. */
import type { BoxNodes } from './box-nodes.ts';
import type { HeadInput } from './head.ts';

/** Names of values. */
export interface BestClass {
  /** Float32 `[N]`. */
  readonly scores: string;
  /** int64 `[N]`: the first of equal ones. */
  readonly labels: string;
}

/** The best class of each row of `[N, C]`; of columns `[C, N]` where the classes are axis 0. */
export function bestClass({ builder: b }: BoxNodes, scores: string, axis: 0 | 1 = 1): BestClass {
  return {
    scores: b.one('Reduce', [scores], { kind: 'max', axes: [axis], keepDims: false }),
    labels: b.one('ArgReduce', [scores], { kind: 'max', axis, keepDims: false, last: false, dtype: 'int64' }),
  };
}

/** Float32 `[2]`: the least and the most of scores `[C, N]` or `[N, C]`, which are probabilities if they are scores. */
export function scoreRange({ builder: b }: BoxNodes, scores: string): string {
  const ends = (['min', 'max'] as const).map((kind) =>
    b.one('Reduce', [scores], { kind, axes: [0, 1], keepDims: false }),
  );
  const [least = '', most = ''] = ends.map((end) => b.one('Unsqueeze', [end], { axes: [0] }));
  return b.one('Concat', [least, most], { axis: 0 }, { outputs: [b.unique('range')] });
}

/** True where there is a class, and where classes were named as many of them. */
export function isClassCount(count: number, { classes = count }: HeadInput): boolean {
  return count > 0 && count === classes;
}
