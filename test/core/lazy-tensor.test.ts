/** Constants whose elements are made when they are read. */
import { expect, it } from 'vitest';
import { stridedSource } from '../../src/core/lazy-tensor.ts';
import { tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { foldConstants } from '../../src/passes/fold/fold-constants.ts';
import { hasHoles } from '../../src/passes/may-apply.ts';
import { at, range } from '../../src/util/arrays.ts';
import '../helpers/every-operator.ts';

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], padMode: 'explicit' } as const;

/** A convolution of weights `[M, C, 3, 3]`, as ONNX has them. */
function convolution(weights: Float32Array) {
  const b = new GraphBuilder('rearranged');
  const x = b.input('x', 'float32', [1, 8, 8, 16]);
  const w = b.constant('w', tensor('float32', [32, 16, 3, 3], weights));
  const turned = b.one('Transpose', [w], { perm: [2, 3, 1, 0] });
  b.output(b.one('Conv', [x, turned], { ...WINDOW, group: 1, activation: NO_ACTIVATION }));
  return foldConstants(b.build());
}

const WEIGHTS = Float32Array.from({ length: 32 * 16 * 9 }, (_, i) => i + 1);

function weightsOf(graph: ReturnType<typeof convolution>) {
  const found = graph.initializers.get(graph.nodes[0]?.inputs[1] ?? '');
  if (!found) throw new TypeError('the weights are no constant');
  return found;
}

it('keeps rearranged weights in the order of the file, and gives them in their own', () => {
  const weights = weightsOf(convolution(WEIGHTS));
  const { source, strides } = stridedSource(weights);
  expect(source.data).toBe(WEIGHTS);
  expect(strides).toEqual([3, 1, 9, 144]);
  expect(weights.shape).toEqual([3, 3, 16, 32]);
  const { data } = weights;
  expect(weights.data).toBe(data);
  for (const i of range(data.length)) {
    const [m, c, tap] = [i % 32, Math.floor(i / 32) % 16, Math.floor(i / 512)];
    expect(at(data, i)).toBe(at(WEIGHTS, (m * 16 + c) * 9 + tap));
  }
});

it('says of any other tensor how its elements lie', () => {
  const dense = tensor('float32', [2, 3, 4], new Float32Array(24));
  expect(stridedSource(dense)).toEqual({ source: dense, strides: [12, 4, 1] });
});

it.each([0, 4, 8])('sees holes of a window in weights that are not rearranged yet: tap %i', (tap) => {
  expect(hasHoles(convolution(WEIGHTS))).toBe(false);
  const holed = WEIGHTS.map((value, i) => (i % 9 === tap ? 0 : value));
  expect(hasHoles(convolution(holed))).toBe(true);
});
