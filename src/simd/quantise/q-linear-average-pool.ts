/** QLinearAveragePool as a call of a WASM kernel. */
import { meanScales } from '../../ir/quantise/reals.ts';
import { at, product, roundUp } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { bytesLess, integerWindow, windowWords } from '../lib/integer-products.ts';
import { isByte, knownScalars, offsetWords, overScale, uniformHead } from '../lib/quantised.ts';
import { HEAD_WORDS, REQUANTISE_RULES } from '../lib/requantise.ts';

/** Elements whose mean is exact in float32. */
const MOST_TAPS = 2 ** 15;

/** Windows on maps of one or two dimensions: means of the integers, or by ONNX's rule of the numbers that they stand for. */
export function qLinearAveragePool(context: SimdContext<'QLinearAveragePool'>): readonly SimdCall[] | undefined {
  const { attributes } = context.node;
  const [x] = context.inputs;
  const y = at(context.outputs, 0);
  const source = context.constant(1);
  const scalars = knownScalars(context, [1, 2, 3, 4]);
  if (!isByte(x) || !isByte(y) || !source || !scalars || product(attributes.kernel) > MOST_TAPS) return undefined;
  const [sx = 1, zx = 0, sy = 1, zy = 0] = scalars;
  const real = attributes.rounding === 'float-even';
  const window = integerWindow(attributes, [x, y], attributes.kernel, real ? zx : 0);
  const [unit, scale] = meanScales([sx, sy]);
  if (!window || !(unit > 0)) return undefined;
  const { converted, divided, away } = REQUANTISE_RULES;
  const rescaling = real ? overScale(scale) : { rule: converted + divided + away, words: () => [0, 0, 0] as const };
  const result = offsetWords(rescaling, attributes, real ? zy : 0);
  const channels = roundUp(at(window.input, 2), 8);
  return [
    {
      kernel: 'quantise/averagePool',
      operands: [inputOperand(context, 0), uniformHead(source, rescaling), outputOperand(context)],
      ints: [
        attributes.countIncludePad ? 1 : 0,
        ...padsBehind(attributes.pads, attributes.kernel.length),
        ...windowWords(window),
        ...bytesLess(window),
        ...result.ints,
      ],
      floats: [...result.floats, real ? unit : 0],
      units: window.images * window.output[0],
      scratch: HEAD_WORDS * 4 + channels * 6,
    },
  ];
}

/** What pads height and width at their ends. */
function padsBehind(pads: readonly number[], rank: number): readonly number[] {
  const behind = pads.slice(rank);
  return rank === 1 ? [0, ...behind] : behind;
}
