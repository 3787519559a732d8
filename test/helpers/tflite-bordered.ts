/** TensorFlow Lite files of one operator on quantised integers with real numbers at the border, which LiteRT.js takes: bool leaves as numbers. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { WrittenModel, WrittenOperator, WrittenTensor } from '../../src/formats/tflite/write/file.ts';
import { at, product } from '../../src/util/arrays.ts';
import { modelOf, type OneOperator, type Operand } from './tflite-models.ts';

/** An operand's quantised integers as the real numbers they stand for, which QUANTIZE makes the same integers of. */
function realValues({ shape, values = [], quantisation }: Operand): number[] {
  const { scales, zeroPoints } = quantisation ?? { scales: [1], zeroPoints: [0] };
  return Array.from({ length: product(shape) }, (_, i) => (at(values, i) - at(zeroPoints, 0)) * at(scales, 0));
}

/** The file: integers are made of real numbers that enter, and real numbers of those that leave. */
export function borderedModel(one: OneOperator): WrittenModel {
  const [plain] = modelOf(one).subgraphs;
  if (!plain) throw new TypeError('no subgraph');
  const tensors: WrittenTensor[] = [...plain.tensors];
  const before: WrittenOperator[] = [];
  const after: WrittenOperator[] = [];
  const inputs = plain.inputs.map((index) => {
    const { name, shape, quantisation } = at(plain.tensors, index);
    if (!quantisation) return index;
    const real = tensors.push({ name: `${name}_real`, type: 'float32', shape }) - 1;
    before.push({ op: 'QUANTIZE', inputs: [real], outputs: [index] });
    return real;
  });
  const outputs = plain.outputs.map((index) => {
    const { name, type, shape, quantisation } = at(plain.tensors, index);
    const op = quantisation ? 'DEQUANTIZE' : type === 'bool' ? 'CAST' : undefined;
    if (!op) return index;
    const real = tensors.push({ name: `${name}_real`, type: 'float32', shape }) - 1;
    after.push({ op, inputs: [index], outputs: [real] });
    return real;
  });
  return { subgraphs: [{ tensors, operators: [...before, ...plain.operators, ...after], inputs, outputs }] };
}

/** What the file's inputs are fed: `values` of quantised operands are integers. */
export function borderedFeeds({ inputs }: OneOperator): Tensor[] {
  return inputs.flatMap((operand) => {
    if (!operand || operand.data) return [];
    const { shape, type = 'float32', values = [], quantisation } = operand;
    return [quantisation ? tensorOf('float32', shape, realValues(operand)) : tensorOf(type, shape, values)];
  });
}
