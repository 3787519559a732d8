/** LRN as a call of a WASM kernel. */
import { at, ceilDiv, product, roundUp } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';

/** Elements of a unit, about. */
const CHUNK = 2048;

/** Channels of a window, at most. */
const WIDEST = 256;

/** Where powers are of positive numbers, which have logarithms. */
export function lrn(context: SimdContext<'LRN'>): readonly SimdCall[] | undefined {
  const { size, alpha, beta, bias } = context.node.attributes;
  if (!(alpha >= 0 && beta > 0 && Math.fround(bias) > 0) || size > WIDEST) return undefined;
  const { shape } = at(context.outputs, 0);
  const channels = at(shape, shape.length - 1);
  const rows = product(shape) / channels;
  const block = ceilDiv(CHUNK, channels);
  return [
    {
      kernel: 'normalise/lrn',
      operands: [inputOperand(context, 0), outputOperand(context)],
      ints: [rows, channels, size, block],
      floats: [alpha / size, beta, bias],
      units: ceilDiv(rows, block),
      scratch: roundUp((channels + size + 4) * Float32Array.BYTES_PER_ELEMENT, 16),
    },
  ];
}
