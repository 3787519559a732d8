/** Suppression of boxes, and what is read of maps by them. */
import { GREEDY_SUPPRESSION } from '../../../../ir/ops.ts';
import type { OnnxNode } from '../../node.ts';

/** The rules are onnxruntime's, too. The count has no name. */
export function nonMaxSuppression(n: OnnxNode): string {
  const inputs = [n.input(0), n.input(1), n.optional(2), n.optional(3), n.optional(4)];
  const attributes = { ...GREEDY_SUPPRESSION, centerPointBox: n.attr.flag('center_point_box', false) };
  const [selected = ''] = n.many('NonMaxSuppression', inputs, attributes, 2);
  return selected;
}

export { cropAndResize, maxRoiPool, roiAlign } from '../rois.ts';
