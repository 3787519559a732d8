/** Operands of box operators that do not fit are ShapeErrors that say what does. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GREEDY_SUPPRESSION, type NodeOf, type OpAttributes } from '../../src/ir/ops.ts';
import { nonMaxSuppression } from '../../src/ops/detect/non-max-suppression.ts';
import type { Operand } from '../../src/ops/definition.ts';

const of = (shape: readonly number[], dtype: Operand['dtype'] = 'float32'): Operand => ({ dtype, shape });
const known = (value: number, dtype: Operand['dtype']): Operand => ({
  ...of([1], dtype),
  value: tensorOf(dtype, [1], [value]),
});

function inferred(inputs: readonly (Operand | undefined)[], given: Partial<OpAttributes['NonMaxSuppression']> = {}) {
  const node: NodeOf<'NonMaxSuppression'> = {
    op: 'NonMaxSuppression',
    name: 'nms',
    inputs: [],
    outputs: ['y', 'count'],
    attributes: {
      ...GREEDY_SUPPRESSION,
      ...given,
    },
  };
  return nonMaxSuppression.infer(node, inputs);
}

const [boxes, scores, most] = [of([2, 5, 4]), of([2, 3, 5]), known(4, 'int64')];

describe('NonMaxSuppression', () => {
  it.each([
    ['boxes of two corners', [of([2, 5, 2]), scores, most], /must be \[B, N, 4\] and \[B, C, N\]/],
    ['scores for other boxes', [boxes, of([2, 3, 4]), most], /do not fit/],
    ['other batches', [boxes, of([1, 3, 5]), most], /do not fit/],
    ['boxes of integers', [of([2, 5, 4], 'int32'), scores, most], /cast them/],
    ['a count that depends on the data', [boxes, scores, of([1], 'int64')], /depends on the data/],
    ['a threshold for each class', [boxes, scores, most, of([3])], /IoU threshold must be one float32/],
    ['a threshold beyond 1', [boxes, scores, most, known(1.5, 'float32')], /from 0 to 1, not 1.5/],
    ['a score that is an integer', [boxes, scores, most, undefined, of([1], 'int32')], /score threshold must be/],
  ] as const)('refuses %s', (_, inputs, message) => {
    expect(() => inferred(inputs)).toThrow(ShapeError);
    expect(() => inferred(inputs)).toThrow(message);
  });

  it('refuses a sigma that is not positive', () => {
    expect(() => inferred([boxes, scores, most], { soft: 'gaussian' })).toThrow(/must be positive, not 0/);
  });

  it('bounds what it chooses by classes, boxes and the most of them', () => {
    expect(inferred([boxes, scores, most])[0]?.shape).toEqual([24, 3]);
    expect(inferred([boxes, scores, known(1000, 'int64')])[0]?.shape).toEqual([30, 3]);
    expect(inferred([boxes, scores, most], { classAgnostic: true })[0]?.shape).toEqual([8, 3]);
    expect(inferred([boxes, scores])[0]?.shape).toEqual([0, 3]);
  });
});
