/** What the importer knows of what loops hand on, and of the tensors in lists, all of which a list has in common. */
import type { UnrolledOp } from '../../ir/facts.ts';
import type { FactRule, Facts } from './facts.ts';

export const CONTROL_FACTS: { readonly [K in UnrolledOp]: FactRule<K> } = {
  // Extents may be others in the next round; whether ranks are, unrolling sees.
  LoopEntry: ([, , ...values], { carried, scanned }) => [
    { rank: 0, dtype: 'int64' },
    { rank: 0, dtype: 'bool' },
    ...values.slice(0, carried).map(described),
    ...scanned.map((slices, i) => {
      const x = values[carried + i];
      return slices === 'each' ? described(x) : { rank: plus(x?.rank, -1), dtype: x?.dtype };
    }),
  ],
  LoopExit: ([, , ...values], { carried, stacked }) => [
    ...values.slice(0, carried).map(described),
    ...stacked.map((slices, i) => {
      const x = values[carried + i];
      return slices === 'list' ? described(x) : { rank: plus(x?.rank, 1), dtype: x?.dtype };
    }),
  ],
  Sequence: ([list, position, ...tensors], { kind, keepDims }) => {
    switch (kind) {
      case 'insert':
        return [common(list ? [list, ...tensors] : tensors)];
      case 'length':
        return [{ rank: 0, dtype: 'int64' }];
      case 'split':
        return [{ rank: plus(list?.rank, keepDims || position ? 0 : -1), dtype: list?.dtype }];
      case 'concat':
        return [{ rank: plus(list?.rank, keepDims ? 0 : 1), dtype: list?.dtype }];
      default:
        return [described(list)];
    }
  },
};

function described(x: Facts | undefined): Facts {
  return { rank: x?.rank, dtype: x?.dtype };
}

function plus(rank: number | undefined, more: number): number | undefined {
  return rank === undefined ? undefined : Math.max(0, rank + more);
}

/** What is known of each of several tensors. */
function common([first, ...others]: readonly (Facts | undefined)[]): Facts {
  return {
    rank: others.every((other) => other?.rank === first?.rank) ? first?.rank : undefined,
    dtype: others.every((other) => other?.dtype === first?.dtype) ? first?.dtype : undefined,
  };
}
