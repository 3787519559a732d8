/**
 * A TFLite model of real numbers with integers instead, as TensorFlow's converter leaves it: int8 activations with a zero
 * point, int8 weights of −127 to 127 with a scale for each output channel, int32 biases; real numbers at the border.
 */
import { encodingOf, quantiseBias, quantiseWeights, type ValueRange } from '../../src/compress/quantise/scales.ts';
import { GraphError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { WrittenOperator, WrittenQuantisation, WrittenTensor } from '../../src/formats/tflite/write/file.ts';
import { at } from '../../src/util/arrays.ts';

/** The least and the greatest element of each feature map, by name. */
export type Ranges = ReadonlyMap<string, ValueRange>;

/** Tensors and operators of a subgraph; the first operator reads `input`, the last gives `output`. */
export interface Written {
  readonly tensors: readonly WrittenTensor[];
  readonly operators: readonly WrittenOperator[];
  readonly input: number;
  readonly output: number;
}

/** Operators with weights as input 1 and a bias as input 2, and the axis of the weights' output channels. */
const CHANNEL_AXIS: Readonly<Record<string, number>> = { CONV_2D: 0, FULLY_CONNECTED: 0, DEPTHWISE_CONV_2D: 3 };
/** Operators that move integers, or choose among them: all they read and give has one scale. */
const SAME_SCALE: ReadonlySet<string | number> = new Set([
  'CONCATENATION',
  'MAX_POOL_2D',
  'PAD',
  'RESHAPE',
  'SPLIT',
  'TRANSPOSE',
]);

/** The same network in integers. Throws GraphError where a range is missing or an operator has constants it knows nothing of. */
export function quantisedTflite({ tensors, operators, input, output }: Written, ranges: Ranges): Written {
  const quantisation = scalesOf(tensors, operators, ranges);
  const made: WrittenTensor[] = tensors.map((tensor, i) => {
    const own = quantisation[i];
    return own ? { ...tensor, type: 'int8' as const, quantisation: own } : tensor;
  });
  for (const { op, inputs } of operators) {
    const axis = CHANNEL_AXIS[op];
    if (axis === undefined) continue;
    const [x, w, b] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const input = at(quantisation[x]?.scales ?? [], 0);
    const [weights, bias] = [at(tensors, w), at(tensors, b)];
    const { integers, scales } = quantiseWeights(tensorIn(weights), axis, tensorIn(bias), input);
    const sums = scales.map((scale) => scale * input);
    made[w] = asIntegers(weights, integers, scales, axis);
    made[b] = asIntegers(bias, quantiseBias(tensorIn(bias), sums), sums, 0);
  }
  for (const [i, { name, type, data }] of made.entries()) {
    if (type === 'float32' && data) throw new GraphError(`constant "${name}" (${i}) stays in real numbers`);
  }
  const real = (index: number): number =>
    made.push({ ...at(tensors, index), name: `${at(tensors, index).name}_real` }) - 1;
  const [entry, exit] = [real(input), real(output)];
  return {
    tensors: named(made, [
      [entry, at(tensors, input).name, input],
      [exit, at(tensors, output).name, output],
    ]),
    operators: [
      { op: 'QUANTIZE', inputs: [entry], outputs: [input] },
      ...operators,
      { op: 'DEQUANTIZE', inputs: [output], outputs: [exit] },
    ],
    input: entry,
    output: exit,
  };
}

/** The border has the names, and the integers behind it others. */
function named(
  tensors: readonly WrittenTensor[],
  borders: readonly (readonly [border: number, name: string, inner: number])[],
): WrittenTensor[] {
  const names = new Map(
    borders.flatMap(([border, name, inner]) => [[border, name] as const, [inner, `${name}_int8`] as const]),
  );
  return tensors.map((tensor, i) => ({ ...tensor, name: names.get(i) ?? tensor.name }));
}

/** What the integers of each feature map mean; undefined for constants. */
function scalesOf(
  tensors: readonly WrittenTensor[],
  operators: readonly WrittenOperator[],
  ranges: Ranges,
): (WrittenQuantisation | undefined)[] {
  const isMap = (i: number): boolean => at(tensors, i).type === 'float32' && at(tensors, i).data === undefined;
  const group = tensors.map((_, i) => i);
  const rootOf = (i: number): number => (at(group, i) === i ? i : rootOf(at(group, i)));
  for (const { op, inputs, outputs } of operators) {
    if (!SAME_SCALE.has(op)) continue;
    const [first = 0, ...others] = [...outputs, ...inputs].filter(isMap).map(rootOf);
    for (const other of others) group[rootOf(other)] = rootOf(first);
  }
  const least = new Map<number, { min: number; max: number }>();
  for (const [i, { name }] of tensors.entries()) {
    const range = ranges.get(name);
    if (!isMap(i) || !range) continue;
    const { min, max } = least.get(rootOf(i)) ?? { min: 0, max: 0 };
    least.set(rootOf(i), { min: Math.min(min, range.min), max: Math.max(max, range.max) });
  }
  return tensors.map(({ name }, i) => {
    if (!isMap(i)) return undefined;
    const range = least.get(rootOf(i));
    if (!range) throw new GraphError(`the range of "${name}" is not known`);
    const { scale, zeroPoint } = encodingOf(range, false);
    return { scales: [scale], zeroPoints: [zeroPoint - 128] };
  });
}

/** The real numbers of a constant. */
function tensorIn({ shape, data = new Uint8Array() }: WrittenTensor): Tensor {
  return { dtype: 'float32', shape, data: new Float32Array(data.slice().buffer) };
}

/** A constant as integers without a zero point. */
function asIntegers(tensor: WrittenTensor, { dtype, data }: Tensor, scales: Float32Array, axis: number): WrittenTensor {
  const quantisation = { scales: [...scales], zeroPoints: Array.from(scales, () => 0), axis };
  return { ...tensor, type: dtype === 'int8' ? 'int8' : 'int32', data: new Uint8Array(data.buffer), quantisation };
}
