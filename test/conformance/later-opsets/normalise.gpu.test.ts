/** Normalisations of opset 22 and later, which are those before: InstanceNormalization, LpNormalization. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { testLaterOpsets, type LaterCase } from './later.ts';

const IMAGES: readonly Tensor[] = [
  wave([2, 3, 5, 7]),
  wave([1, 3, 17]),
  wave([2, 3, 3, 2, 4]),
  wave([3, 3, 1, 5]),
  tensorOf('float32', [1, 3, 2, 2], [4, 4, 4, 4, 1, 2, 3, 4, -1, -2, -3, -4]),
  wave([5, 3, 3, 1]),
];
const parameters = { scale: tensorOf('float32', [3], [1, -0.5, 2]), b: tensorOf('float32', [3], [0.5, 0, -1]) };

function instance(x: Tensor, i: number): LaterCase {
  const attributes = i % 2 === 1 ? { epsilon: { f: 1e-3 } } : {};
  const of = node('InstanceNormalization', 'x scale b', 'y', attributes);
  return { name: x.shape.join(' × '), opset: 22, node: of, inputs: { x }, constants: parameters };
}

/** Sums of magnitudes, and of squares, that no line has zero of: ONNX says of those nothing. */
function norm(x: Tensor, p: 1 | 2, axis: number): LaterCase {
  const of = node('LpNormalization', 'x', 'y', { p: { i: p }, axis: { i: axis } });
  return { name: `${x.shape.join(' × ')}, p = ${p} along ${axis}`, opset: 22, node: of, inputs: { x } };
}

testLaterOpsets({
  InstanceNormalization: IMAGES.map(instance),
  LpNormalization: [
    norm(wave([2, 3, 5]), 1, -1),
    norm(wave([2, 3, 5]), 2, -1),
    norm(wave([2, 3, 5]), 2, 0),
    norm(wave([4, 17]), 1, 1),
    norm(wave([3, 1, 7, 2]), 2, 1),
    norm(wave([9]), 2, 0),
  ],
});
