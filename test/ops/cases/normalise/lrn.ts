/** Cases of LRN: odd and even windows, wider than the channels, few channels. */
import type { OpCase } from '../../../helpers/op-case.ts';

function lrnCase(shape: readonly number[], size: number, alpha = 1e-4, beta = 0.75, bias = 1): OpCase<'LRN'> {
  return {
    name: `[${shape.join(', ')}] size ${size}, alpha ${alpha}, beta ${beta}, bias ${bias}`,
    op: 'LRN',
    inputs: [{ shape, low: -4, high: 4 }],
    attributes: { size, alpha, beta, bias },
    ...(size % 2 === 0 ? { noOracle: 'onnxruntime takes odd sizes only' } : {}),
  };
}

export const lrnCases: readonly OpCase<'LRN'>[] = [
  lrnCase([1, 3, 5, 16], 5),
  lrnCase([2, 3, 3, 7], 5, 0.5, 0.5, 2),
  lrnCase([1, 5, 5, 6], 4, 1),
  lrnCase([1, 2, 3, 3], 9, 1),
  lrnCase([1, 1, 1, 1], 3, 2, 1),
  lrnCase([1, 4, 4, 5], 1, 1),
  {
    name: 'NaN and infinity',
    op: 'LRN',
    inputs: [{ shape: [1, 1, 1, 9], values: [1, 2, NaN, -3, 4, 5, 6, Infinity, 7] }],
    attributes: { size: 3, alpha: 1, beta: 0.75, bias: 1 },
    noOracle: 'onnxruntime takes what has left the window off a sum, and keeps NaN',
  },
];
