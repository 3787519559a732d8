/** Equal nodes are one where extents depend on data: what reads them is fused as it is in other graphs. */
import { expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { range } from '../../src/util/arrays.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import '../helpers/every-operator.ts';

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], padMode: 'explicit', group: 1 } as const;

/**
 * A head on two maps: its weights are the same, dequantised for each reader as ONNX's quantisers write it, and so is the first map,
 * which is turned twice, too. Beside it rows are chosen, or not.
 */
function sharedHead(chooses: boolean): Graph {
  const b = new GraphBuilder('head');
  const scale = b.constant('scale', tensorOf('float32', [], [0.05]));
  const zero = b.constant('zero', tensorOf('int8', [], [3]));
  const none = b.constant('none', tensorOf('int8', [], [0]));
  const weights = b.constant('w', randomTensor('int8', [3, 3, 4, 4], randomSource(1), -128, 128));
  const integers = (x: string): string =>
    b.one('QuantizeLinear', [x, scale, zero], { axis: 0, blockSize: 0, to: 'int8', rounding: 'float-even' });
  const reals = (q: string, zeroPoint = zero): string =>
    b.one('DequantizeLinear', [q, scale, zeroPoint], { axis: 0, blockSize: 0 });
  const levels = range(2).map((i) => integers(b.input(`x${i}`, 'float32', [1, 6, 6, 4])));
  for (const level of [...levels, ...levels.slice(0, 1)]) {
    const turned = b.one('Transpose', [reals(level)], { perm: [0, 2, 1, 3] });
    const y = b.one('Conv', [turned, reals(weights, none)], { ...WINDOW, activation: NO_ACTIVATION });
    b.output(reals(integers(b.one('Activation', [y], { activation: RELU }))));
  }
  if (chooses) b.output(b.add('NonZero', [b.input('mask', 'bool', [5])], {}, { outputCount: 2 })[0] ?? '');
  return b.build();
}

/** Operators of the head that are left. */
function left(chooses: boolean): string[] {
  const { nodes } = compile(sharedHead(chooses), { level: 'full' });
  return nodes.flatMap(({ op }) => (op === 'NonZero' ? [] : [op])).toSorted();
}

it('hides no product of integers whose weights are dequantised once for several', () => {
  const [quantised, turned] = [
    ['QuantizeLinear', 'QuantizeLinear'],
    ['Transpose', 'Transpose'],
  ] as const;
  const [head, real] = ['QLinearConv', 'DequantizeLinear'] as const;
  expect(left(false)).toEqual([real, real, real, head, head, head, ...quantised, ...turned]);
  // The third is the first again.
  expect(left(true)).toEqual([real, real, 'Identity', head, head, ...quantised, ...turned]);
});
