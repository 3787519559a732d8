/** MelWeightMatrix: triangles that bring frequencies of a spectrum to bins of the mel scale. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, zeros, type Tensor } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { knownInts, tensorAt } from '../lib/operands.ts';

/** What the matrix is made of. */
interface Mels {
  readonly bins: number;
  readonly frequencies: number;
  /** Edges of the triangles, in frequencies: bin i rises from i to i + 1 and falls to i + 2. */
  readonly edges: readonly number[];
}

const toMel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
const toHertz = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

/** By ONNX's text, in double precision. Throws ShapeError where an edge is no frequency of the spectrum. */
function melsOf([bins = 0, length = 0, rate = 0, lower = 0, upper = 0]: readonly number[]): Mels {
  const what = `${bins} mel bins of ${length} samples at ${rate} Hz`;
  if (bins < 0 || length < 1 || rate < 1) throw new ShapeError(`${what} are not defined`);
  const frequencies = Math.floor(length / 2) + 1;
  elementCount([frequencies, bins]);
  const from = toMel(lower);
  const step = (toMel(upper) - from) / (bins + 2);
  const edges = range(bins + 2).map((i) => Math.floor(((length + 1) * toHertz(i * step + from)) / rate));
  if (!edges.every((edge) => edge >= 0 && edge < frequencies)) {
    throw new ShapeError(`${what} between ${lower} and ${upper} Hz reach beyond the ${frequencies} frequencies`);
  }
  return { bins, frequencies, edges };
}

/** Throws ShapeError on what is not known, or no spectrum. */
export const melWeightMatrix: OpDefinition<'MelWeightMatrix'> = {
  infer: ({ attributes: { dtype } }, inputs) => {
    const { frequencies, bins } = melsOf(numbersOf(inputs));
    return [{ dtype, shape: [frequencies, bins] }];
  },
  shapeInputs: [0, 1, 2, 3, 4],
  reference: ({ attributes: { dtype } }, inputs) => {
    const mels = melsOf(range(5).map((i) => at(tensorAt(inputs, i).data, 0)));
    const y = zeros(dtype, [mels.frequencies, mels.bins]);
    for (let bin = 0; bin < mels.bins; bin++) triangle(y, mels, bin);
    return [y];
  },
};

/** Rises to 1 at the bin's middle edge and falls to 0 at its last; edges that coincide leave their side out. */
function triangle({ data }: Tensor, { bins, edges }: Mels, bin: number): void {
  const [left, middle, right] = [at(edges, bin), at(edges, bin + 1), at(edges, bin + 2)];
  if (left === middle) data[middle * bins + bin] = 1;
  // The rise includes the middle, but for one that does not rise.
  const end = left < middle ? middle : left - 1;
  for (let j = left; j <= end; j++) data[j * bins + bin] = (j - left) / (middle - left);
  for (let j = middle; j < right; j++) data[j * bins + bin] = (right - j) / (right - middle);
}

function numbersOf(inputs: Operands): number[] {
  return range(5).map((i) => {
    // Despite its name knownInts gives the elements of floats unrounded, too.
    const found = knownInts(inputs, i, 'a number of the mel scale');
    if (found.length !== 1) throw new ShapeError(`input ${i} must be a scalar`);
    return at(found, 0);
  });
}
