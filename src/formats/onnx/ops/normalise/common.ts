/** Soft maxima and batch normalisation. */
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { range } from '../../../../util/arrays.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';

/** From opset 13 over one axis; before, over all axes from `axis` on. */
function softmax(log: boolean): OnnxTranslation {
  return (n) => {
    const x = n.input(0);
    if (n.opset >= 13) return n.one('Softmax', [x], { axes: [n.attr.int('axis', -1)], log });
    const axis = n.attr.int('axis', 1);
    const { rank } = n.facts(0);
    if (axis === -1 || rank !== undefined) {
      const from = axis < 0 && rank !== undefined ? axis + rank : axis;
      return n.one('Softmax', [x], { axes: rank === undefined ? [-1] : range(rank - from).map((i) => from + i), log });
    }
    // The rank is not known here: normalise the rows of the flattened matrix and restore the shape.
    const rows = n.main('Softmax', [n.one('Flatten', [x], { axis })], { axes: [1], log });
    return n.one('Reshape', [rows, n.one('Shape', [x], {})], { allowZero: true });
  };
}

function batchNormalization(n: OnnxNode): string {
  n.attr.ignore('momentum', 'consumed_inputs');
  n.attr.only('training_mode', 0);
  n.attr.only('spatial', 1);
  if (n.opset < 7 && n.attr.has('is_test')) n.attr.only('is_test', 1);
  const inputs = [n.input(0), n.input(1), n.input(2), n.input(3), n.input(4)];
  const epsilon = n.attr.float('epsilon', 1e-5);
  return n.one('BatchNormalization', inputs, { axis: 1, epsilon, activation: NO_ACTIVATION });
}

/** Normalisations that classifiers have. */
export const NORMALISE = {
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  BatchNormalization: batchNormalization,
};
