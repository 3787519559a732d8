/** NonMaxSuppression: of boxes that overlap, those with the best scores. ONNX's operator; soft forms: Bodla et al., arXiv 1704.04503. */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition, Operand, Operands } from '../definition.ts';
import { countOf } from '../lib/counted.ts';
import { knownInts, operand } from '../lib/operands.ts';

/** How many boxes of a class are chosen at most: none where nothing says it. */
function mostBoxes(inputs: Operands): number {
  if (!inputs[2]) return 0;
  const most = knownInts(inputs, 2, 'the most boxes of a class');
  if (most.length !== 1) throw new ShapeError('the most boxes of a class must be one integer');
  return Math.max(0, at(most, 0));
}

function checkThreshold(given: Operand | undefined, what: string): number | undefined {
  if (!given) return undefined;
  if (given.dtype !== 'float32' || elementCount(given.shape) !== 1) {
    throw new ShapeError(`${what} must be one float32, not ${given.dtype} ${shapeText(given.shape)}`);
  }
  return given.value?.data[0];
}

function checkBoxes(boxes: Operand, scores: Operand): void {
  const text = `boxes of ${boxes.dtype} ${shapeText(boxes.shape)} and scores of ${scores.dtype} ${shapeText(scores.shape)}`;
  if (!isFloat(boxes.dtype) || !isFloat(scores.dtype)) throw new ShapeError(`${text} must be floats: cast them`);
  const fit =
    boxes.shape.length === 3 &&
    scores.shape.length === 3 &&
    boxes.shape[2] === 4 &&
    boxes.shape[0] === scores.shape[0] &&
    boxes.shape[1] === scores.shape[2];
  if (!fit) throw new ShapeError(`${text} do not fit: they must be [B, N, 4] and [B, C, N]`);
}

function checkAttributes({ soft, sigma }: OpAttributes['NonMaxSuppression']): void {
  if (soft === 'gaussian' && !(sigma > 0 && sigma < Infinity)) {
    throw new ShapeError(`the sigma of soft suppression must be positive, not ${sigma}`);
  }
}

/**
 * The chosen boxes, how many they are, and their scores. Throws ShapeError where boxes and scores do not fit, thresholds are not
 * one float32, the most boxes do not follow from the input shapes, or a known IoU threshold is not from 0 to 1.
 */
export const nonMaxSuppression: OpDefinition<'NonMaxSuppression'> = {
  infer: ({ attributes, outputs }, inputs) => {
    const [boxes, scores] = [operand(inputs, 0), operand(inputs, 1)];
    checkBoxes(boxes, scores);
    checkAttributes(attributes);
    const threshold = checkThreshold(inputs[3], 'the IoU threshold') ?? 0;
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new ShapeError(`the IoU threshold must be from 0 to 1, not ${threshold}`);
    }
    checkThreshold(inputs[4], 'the score threshold');
    const [batches = 0, classes = 0, n = 0] = scores.shape;
    const segments = batches * (attributes.classAgnostic ? Math.min(1, classes) : classes);
    const most = segments * Math.min(n, mostBoxes(inputs));
    const extent = attributes.padded ? {} : { bounded: { axis: 0, count: countOf(outputs) } };
    const results = [
      { dtype: 'int64' as const, shape: [most, 3], ...extent },
      { dtype: 'int32' as const, shape: [] },
      { dtype: 'float32' as const, shape: [most], ...extent },
    ];
    return results.slice(0, Math.max(2, outputs.length));
  },
  shapeInputs: [2],
  work: (_node, inputs, outputs) => {
    const [batches = 0, classes = 0, n = 0] = operand(inputs, 1).shape;
    return batches * classes * n * 20 + n * at(at(outputs, 0).shape, 0);
  },
  reference: lazy(() => import('./non-max-suppression-loop.ts'), 'nonMaxSuppressionLoop'),
};
