/** Translations of Slice and StridedSlice. */
import { stridedSliceOf } from '../../../../lib/tensorflow/slice.ts';
import type { GraphTranslation } from '../../context.ts';

export { slice } from '../../../../lib/tensorflow/slice.ts';

export const stridedSlice: GraphTranslation = (c) =>
  stridedSliceOf(c, {
    begin: c.attr.int('begin_mask', 0),
    end: c.attr.int('end_mask', 0),
    ellipsis: c.attr.int('ellipsis_mask', 0),
    newAxis: c.attr.int('new_axis_mask', 0),
    shrinkAxis: c.attr.int('shrink_axis_mask', 0),
  });
