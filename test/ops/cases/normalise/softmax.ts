/** Cases of Softmax: every axis, several together, long slices, large elements, non-finite ones. */
import type { OpCase } from '../../../helpers/op-case.ts';

interface SoftmaxSetup {
  readonly log?: boolean;
  readonly low?: number;
  readonly high?: number;
  readonly values?: readonly number[];
  readonly name?: string;
  readonly noOracle?: string;
}

function softmaxCase(shape: readonly number[], axes: readonly number[], s: SoftmaxSetup = {}): OpCase<'Softmax'> {
  const { log = false, low = -5, high = 5, values, name, noOracle } = s;
  return {
    name: name ?? `[${shape.join(', ')}] axes ${axes.join(', ')}${log ? ' log' : ''}`,
    op: 'Softmax',
    inputs: [values ? { shape, values } : { shape, low, high }],
    attributes: { axes, log },
    ...(noOracle ? { noOracle } : {}),
  };
}

const several = 'ONNX normalises over one axis';

export const softmaxCases: readonly OpCase<'Softmax'>[] = [
  softmaxCase([1, 1000], [1]),
  softmaxCase([3, 1001], [-1], { log: true }),
  softmaxCase([2, 17], [-1]),
  softmaxCase([2, 3, 5, 7], [3]),
  softmaxCase([2, 3, 5, 7], [1]),
  softmaxCase([2, 3, 5, 7], [0], { log: true }),
  softmaxCase([1, 150, 2, 3], [1]),
  softmaxCase([2, 3, 5, 7], [2, 3], { noOracle: several }),
  softmaxCase([2, 3, 5, 7], [1, 3], { noOracle: several }),
  softmaxCase([2, 3, 5, 7], [0, 2], { log: true, noOracle: several }),
  softmaxCase([2, 12, 13, 3], [1, 2], { noOracle: several }),
  softmaxCase([2, 3], [0, 1], { noOracle: several }),
  softmaxCase([5], [0]),
  softmaxCase([4, 1], [1]),
  softmaxCase([2, 9], [1], { name: 'elements near ±1000', low: -1000, high: 1000 }),
  softmaxCase([2, 300], [1], { name: 'elements near ±1000, log, long', low: -1000, high: 1000, log: true }),
  softmaxCase([3, 4], [1], {
    name: 'infinities and NaN',
    values: [1, -Infinity, 2, 3, Infinity, 1, 2, 3, 0, NaN, 1, 2],
  }),
  softmaxCase([1, 3], [1], { name: 'nothing but −Infinity', values: [-Infinity, -Infinity, -Infinity] }),
];
