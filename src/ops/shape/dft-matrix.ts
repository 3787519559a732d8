/** DftMatrix: cosines and sines, by which a product is a discrete Fourier transform. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, tensorOf, type Shape } from '../../core/tensor.ts';
import { range } from '../../util/arrays.ts';
import type { NodeOf } from '../../ir/ops.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { knownInts } from '../lib/operands.ts';

/** Elements of the largest matrix: 128 MB, a complex transform of 2896 numbers or a one-sided one of 5792. */
const MOST = 2 ** 25;

/** What a matrix transforms. */
export interface Transform {
  /** Numbers that are given, and parts of each: those beyond count as 0. */
  readonly given: number;
  readonly parts: number;
  readonly length: number;
}

/** Throws ShapeError where the transform is not defined, or its matrix too large. */
export function transformOf(
  { inverse, oneSided }: NodeOf<'DftMatrix'>['attributes'],
  extents: readonly number[],
  lengths: readonly number[] = [],
): Transform & { readonly shape: Shape } {
  const [given = 0, parts = 0] = extents;
  const back = inverse && oneSided;
  const [length = back ? 2 * (given - 1) : given] = lengths;
  const what = `a Fourier transform of length ${length} of ${given} numbers of ${parts} parts`;
  if (extents.length !== 2 || lengths.length > 1 || (parts !== 1 && parts !== 2)) {
    throw new ShapeError(`${what} is not defined`, { hint: 'The last dimension holds real and imaginary parts' });
  }
  if (oneSided && parts !== (inverse ? 2 : 1)) throw new ShapeError(`${what} has no half that says all`);
  const half = Math.floor(length / 2) + 1;
  if (length < 1 || given > (back ? half : length)) throw new ShapeError(`${what} is not defined`);
  const columns = back ? length : 2 * (oneSided ? half : length);
  const shape = [given * parts, columns];
  if (given * parts * columns > MOST) throw new ShapeError(`${what} takes a matrix of more than ${MOST} elements`);
  elementCount(shape);
  return { given, parts, length, shape };
}

/** Throws ShapeError as `transformOf` does. */
export const dftMatrix: OpDefinition<'DftMatrix'> = {
  infer: ({ attributes }, inputs) => {
    const { shape } = transformOf(attributes, ...listsOf(inputs));
    return [{ dtype: 'float32', shape }];
  },
  shapeInputs: [0, 1],
  reference: ({ attributes }, inputs) => {
    const [extents, lengths] = inputs.map((x) => x && Array.from(x.data));
    const { length, parts, shape } = transformOf(attributes, extents ?? [], lengths);
    const { inverse, oneSided } = attributes;
    const back = inverse && oneSided;
    const scale = inverse ? 1 / length : 1;
    // The cosine of so many quarters of a step: a sine is one a quarter of a turn away.
    const cosines = range(4 * length).map((i) => Math.cos((Math.PI * i) / (2 * length)));
    const [rows = 0, columns = 0] = shape;
    const across = back ? 1 : 2;
    const values = new Float32Array(rows * columns);
    for (let r = 0; r < rows; r++) {
      const n = Math.floor(r / parts);
      const twin = back && n > 0 && 2 * n < length ? 2 : 1;
      for (let c = 0; c < columns; c++) {
        const k = Math.floor(c / across);
        const quarters = quartersOf(r % parts, c % across, inverse);
        const angle = (4 * ((n * k) % length) + quarters * length) % (4 * length);
        values[r * columns + c] = scale * twin * (cosines[angle] ?? 0);
      }
    }
    return [tensorOf('float32', shape, values)];
  },
};

/** By how many quarters of a turn the cosine is moved between two parts: sine and minus sine change sign with the direction. */
function quartersOf(from: number, to: number, inverse: boolean): number {
  if (from === to) return 0;
  return from > to === inverse ? 1 : 3;
}

function listsOf(inputs: Operands): [number[], number[]?] {
  const extents = knownInts(inputs, 0, 'the extent');
  return inputs[1] ? [extents, knownInts(inputs, 1, 'the length')] : [extents];
}
