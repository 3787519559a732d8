/** How many dimensions values have, as far as the layers say: some take what they do from it. */
import { field } from '../json.ts';
import type { LayerSpec } from './topology.ts';
import { most } from '../../../util/arrays.ts';
import { own } from '../../../util/own.ts';

/** Dimensions that layers add. */
const ADDED: Readonly<Record<string, number>> = { RepeatVector: 1, Embedding: 1, FoldTime: -1, UnfoldTime: 1 };

/** The number of dimensions, the batch among them, of what a layer makes of values that have `ranks` of them. */
export function rankAfter({ className, config }: LayerSpec, ranks: readonly number[]): number {
  const target = field(config, 'target_shape');
  if (className === 'Reshape' && Array.isArray(target)) return target.length + 1;
  const global = className.startsWith('Global') && field(config, 'keepdims') !== true;
  if (global || className === 'Flatten') return 2;
  if (className === 'Dot') return Math.max(2, (ranks[0] ?? 0) + (ranks[1] ?? 0) - 3);
  const rank = className === 'UnfoldTime' ? ranks[0] : most(ranks);
  return (rank ?? 0) + (own(ADDED, className) ?? 0);
}
