/** Inputs for a check without data: seeded numbers, the same on every machine. */
import { hostArray, isFloat } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../core/tensor.ts';
import type { GraphInput, InputShapes } from '../ir/graph.ts';
import { own } from '../util/own.ts';
import { randomSource } from '../util/random.ts';

/** The shape of an input: given, or declared with a symbolic leading extent taken as 1. Throws InputError otherwise. */
export function staticShape(input: GraphInput, shapes: InputShapes): Shape {
  const given = own(shapes, input.name);
  if (given) return given;
  return input.shape.map((d, axis) => {
    if (typeof d === 'number') return d;
    if (axis === 0) return 1;
    throw new InputError(`input "${input.name}" has the shape ${shapeText(input.shape)}`, {
      hint: `Pass --input-shape ${input.name}=SHAPE`,
    });
  });
}

/** Floats in [-1, 1), bytes in [0, 256), other integers and booleans in {0, 1}: valid as pixels, indices and masks. */
export function seededFeeds(inputs: readonly GraphInput[], shapes: InputShapes, seed: number): Record<string, Tensor> {
  const random = randomSource(seed);
  return Object.fromEntries(
    inputs.map((input) => {
      const shape = staticShape(input, shapes);
      const data = hostArray(input.dtype, elementCount(shape));
      const draw = drawOf(input, random);
      for (let i = 0; i < data.length; i++) data[i] = draw();
      return [input.name, { dtype: input.dtype, shape, data }];
    }),
  );
}

function drawOf({ dtype }: GraphInput, random: () => number): () => number {
  if (isFloat(dtype)) return () => random() * 2 - 1;
  if (dtype === 'uint8') return () => Math.floor(random() * 256);
  if (dtype === 'int8') return () => Math.floor(random() * 256) - 128;
  return () => (random() < 0.5 ? 0 : 1);
}
