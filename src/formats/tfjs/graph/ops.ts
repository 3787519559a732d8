/** The TensorFlow operators that graph models may use, each with its translation. */
import { BLOCKS } from './blocks.ts';
import type { Translation } from './context.ts';
import { CONVOLUTION } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { REDUCTION } from './reduction.ts';
import { SHAPE } from './shape.ts';
import { slice, stridedSlice } from './slice.ts';

/** Translation by operator name. Const and Placeholder are not here: they become initializers and graph inputs. */
export const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  ...CONVOLUTION,
  ...ELEMENTWISE,
  ...SHAPE,
  ...REDUCTION,
  ...BLOCKS,
  Slice: slice,
  StridedSlice: stridedSlice,
};
