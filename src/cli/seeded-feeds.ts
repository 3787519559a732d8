/** Inputs for a check without data: seeded numbers, the same on every machine. */
import { hostArray, isFloat } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../core/tensor.ts';
import type { GraphInput, InputShapes } from '../ir/graph.ts';
import { own } from '../util/own.ts';
import { randomSource } from '../util/random.ts';

/**
 * The shapes of all inputs: given, or declared. Extents with one symbol are the same; one that leads some input, and that no given
 * shape has, is taken for a batch of 1. Throws InputError that names every input of which an extent stays open.
 */
export function staticShapes(inputs: readonly GraphInput[], given: InputShapes): InputShapes {
  const extents = symbolExtents(inputs, given);
  const shapes: Record<string, Shape> = {};
  const open: GraphInput[] = [];
  for (const input of inputs) {
    const declared = input.shape.map((d) => (typeof d === 'number' ? d : extents.get(d)));
    const known = declared.filter((d) => d !== undefined);
    const shape = own(given, input.name);
    if (!shape && known.length < declared.length) open.push(input);
    shapes[input.name] = shape ?? known;
  }
  if (open.length === 0) return shapes;
  const texts = open.map(({ name, shape }) => `input "${name}" has the shape ${shapeText(shape)}`);
  throw new InputError(texts.join(', '), {
    hint: `Pass ${open.map(({ name }) => `--input-shape ${name}=SHAPE`).join(' ')}`,
  });
}

function symbolExtents(inputs: readonly GraphInput[], given: InputShapes): ReadonlyMap<string, number> {
  const extents = new Map<string, number>();
  for (const { name, shape } of inputs) {
    const told = own(given, name);
    shape.forEach((d, axis) => {
      const extent = told?.[axis];
      if (typeof d === 'string' && extent !== undefined) extents.set(d, extent);
    });
  }
  for (const { shape } of inputs) {
    const [leading] = shape;
    if (typeof leading === 'string' && !extents.has(leading)) extents.set(leading, 1);
  }
  return extents;
}

/** Floats in [-1, 1), bytes in [0, 256), other integers and booleans in {0, 1}: valid as pixels, indices and masks. */
export function seededFeeds(inputs: readonly GraphInput[], shapes: InputShapes, seed: number): Record<string, Tensor> {
  const random = randomSource(seed);
  const fixed = staticShapes(inputs, shapes);
  return Object.fromEntries(
    inputs.map((input) => {
      const shape = own(fixed, input.name) ?? [];
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
