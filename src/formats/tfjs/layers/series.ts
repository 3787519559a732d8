/** Layers of series: words as vectors, repeated vectors, and the steps of a series as images of a batch. */
import type { LayerTranslation } from './context.ts';
import { noteMask } from './masks.ts';

export const repeatVector: LayerTranslation = (c) => {
  const each = c.one('Unsqueeze', [c.x], { axes: [1] });
  return c.one('Expand', [each, c.ints([1, c.int('n', 1), 1])], {});
};

export const embedding: LayerTranslation = (c) => {
  if (c.bool('mask_zero', false)) noteMask(c);
  const words = c.one('Cast', [c.x], { to: 'int32' });
  return c.one('Gather', [c.weight('embeddings'), words], { axis: 0 });
};

/** `[N, T, …S]` → `[N·T, …S]` */
export const foldTime: LayerTranslation = (c) => {
  const shape = c.one('Shape', [c.x], {});
  const step = c.one('Slice', [shape, c.ints([2]), c.ints([c.rank])], {});
  return c.reshapeTo(c.x, c.one('Concat', [c.ints([-1]), step], { axis: 0 }));
};

/** y `[N·T, …S]`, x `[N, T, …]` → `[N, T, …S]` */
export const unfoldTime: LayerTranslation = (c) => {
  const [y = '', x = ''] = c.operands;
  const series = c.one('Slice', [c.one('Shape', [x], {}), c.ints([0]), c.ints([2])], {});
  const step = c.one('Slice', [c.one('Shape', [y], {}), c.ints([1]), c.ints([c.rank])], {});
  return c.reshapeTo(y, c.one('Concat', [series, step], { axis: 0 }));
};
