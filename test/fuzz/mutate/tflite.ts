/** Changes of TensorFlow Lite files: words of the flatbuffer, and files made with other extents, types, operands and options. */
import { OPTIONS, TYPES, type OptionsName } from '../../../src/formats/tflite/schema.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type {
  WrittenOperator,
  WrittenOptions,
  WrittenSubgraph,
  WrittenTensor,
} from '../../../src/formats/tflite/write/file.ts';
import { modelOf, type OneOperator } from '../../helpers/tflite-models.ts';
import type { Dice } from '../dice.ts';
import { MAX_BYTES, type Mutator } from './bytes.ts';

/** An aligned word, which is an offset, a length, an extent or an index, becomes another: one of the file, or near what it was. */
const changeWord: Mutator = (input, dice) => {
  const copy = input.slice(0, MAX_BYTES);
  const view = new DataView(copy.buffer);
  const words = Math.floor(copy.length / 4);
  if (words === 0) return copy;
  const at = 4 * dice.int(0, words - 1);
  const old = view.getInt32(at, true);
  const other = view.getInt32(4 * dice.int(0, words - 1), true);
  view.setInt32(
    at,
    dice.pick([other, old + dice.pick([-4, -1, 1, 4, 8]), -old, dice.extent(), 4 * dice.int(0, words)]),
    true,
  );
  return copy;
};

/** Makes files of these operators, each with something of it changed. */
export function remade(cases: readonly OneOperator[]): Mutator {
  return (_, dice) => {
    const { subgraphs } = modelOf(dice.pick(cases));
    return encodeTflite({ subgraphs: subgraphs.map((subgraph) => changed(subgraph, dice)) });
  };
}

function changed({ tensors: given, operators, ...rest }: WrittenSubgraph, dice: Dice): WrittenSubgraph {
  const tensors = dice.chance(0.4) ? given.map((tensor) => quantised(tensor, dice)) : given;
  return {
    ...rest,
    tensors: tensors.map((tensor) => (dice.chance(0.3) ? changedTensor(tensor, dice) : tensor)),
    operators: operators.map((operator) =>
      dice.chance(0.5) ? changedOperator(operator, dice, tensors.length) : operator,
    ),
  };
}

/** The tensor as integers of a scale: so that what computes with these is met too. */
function quantised(tensor: WrittenTensor, dice: Dice): WrittenTensor {
  if (tensor.type !== 'float32') return tensor;
  const scales = [dice.pick([0.5, 0.01, 1])];
  const data = tensor.data && dice.bytes(tensor.data.length / 4);
  return {
    ...tensor,
    type: 'int8',
    quantisation: { scales, zeroPoints: [dice.int(-3, 3)] },
    ...(data ? { data } : {}),
  };
}

function changedTensor(tensor: WrittenTensor, dice: Dice): WrittenTensor {
  const { shape } = tensor;
  const extents = (): number[] => shape.map((extent) => (dice.chance(0.5) ? extent : dice.extent() | 0));
  return dice.pick<() => WrittenTensor>([
    () => ({ ...tensor, shape: extents() }),
    () => ({ ...tensor, shape: dice.chance(0.5) ? shape.slice(1) : [1, ...shape] }),
    () => ({ ...tensor, signature: shape.map((extent) => (dice.chance(0.5) ? -1 : extent)) }),
    () => ({ ...tensor, type: dice.pick(TYPES) }),
    () => ({
      ...tensor,
      type: dice.pick(['int8', 'uint8'] as const),
      quantisation: { scales: [0.5], zeroPoints: [3] },
    }),
    () => ({
      ...tensor,
      quantisation: { scales: [dice.extent(), 1], zeroPoints: [dice.int(-200, 200)], axis: dice.int(-1, 4) },
    }),
    () => ({ ...tensor, ...(tensor.data ? { data: dice.bytes(tensor.data.length) } : {}) }),
    () => ({ ...tensor, isVariable: true }),
  ])();
}

function changedOperator(operator: WrittenOperator, dice: Dice, tensors: number): WrittenOperator {
  const { inputs, outputs, options } = operator;
  return dice.pick<() => WrittenOperator>([
    () => ({ ...operator, inputs: inputs.map((i) => (dice.chance(0.5) ? i : dice.int(-1, tensors - 1))) }),
    () => ({ ...operator, inputs: dice.chance(0.5) ? inputs.slice(1) : [...inputs, dice.int(-1, tensors - 1)] }),
    () => ({ ...operator, outputs: [...outputs, dice.int(0, tensors - 1)] }),
    () => (options ? { ...operator, options: changedOptions(options, dice) } : operator),
    () => (operator.customOptions ? { ...operator, customOptions: dice.bytes(12) } : operator),
  ])();
}

function changedOptions([name, fields]: WrittenOptions, dice: Dice): WrittenOptions {
  const drawn = Object.entries(OPTIONS[name].fields).map(([key, { kind }]) => {
    const value = kind === 'ints' ? [dice.extent() | 0] : kind === 'bool' ? dice.chance(0.5) : dice.int(-2, 5);
    return [key, value];
  });
  const kept = drawn.filter(() => dice.chance(0.4));
  return [name, { ...fields, ...Object.fromEntries(kept) }] as [OptionsName, object] as WrittenOptions;
}

/** Changes that know what a flatbuffer is. */
export const FLATBUFFER_MUTATORS: readonly Mutator[] = [changeWord];
