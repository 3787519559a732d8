/** Suppression of boxes. */
import type { OnnxNode } from '../../node.ts';

/** ONNX's rules, which are onnxruntime's: strictly over the thresholds, of equal scores the lower index first. The count has no name. */
export function nonMaxSuppression(n: OnnxNode): string {
  const inputs = [n.input(0), n.input(1), n.optional(2), n.optional(3), n.optional(4)];
  const attributes = {
    centerPointBox: n.attr.flag('center_point_box', false),
    offset: 0 as const,
    inclusive: false,
    scoreInclusive: false,
    ties: 'lower' as const,
    classAgnostic: false,
    soft: 'none' as const,
    sigma: 0,
  };
  const [selected = ''] = n.many('NonMaxSuppression', inputs, attributes, 2);
  return selected;
}
