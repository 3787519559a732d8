/** BatchNormalization as a call of a WASM kernel. */
import { normalizeAxis } from '../../core/broadcast.ts';
import type { Tensor } from '../../core/tensor.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type PackedOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { activationKind } from '../lib/activation.ts';
import { tensorKey } from '../lib/identity.ts';

/** Elements of a unit, about. */
const CHUNK = 8192;

/** By statistics that are known. */
export function batchNormalization(context: SimdContext<'BatchNormalization'>): readonly SimdCall[] | undefined {
  const { axis, epsilon, activation } = context.node.attributes;
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((place) => context.constant(place));
  if (!scale || !bias || !mean || !variance) return undefined;
  const { shape } = at(context.outputs, 0);
  const chosen = normalizeAxis(axis, shape.length);
  const channels = at(shape, chosen);
  const inner = product(shape.slice(chosen + 1));
  const outer = product(shape.slice(0, chosen));
  const [lines, length] = inner === 1 ? [outer, channels] : [outer * channels, inner];
  const block = ceilDiv(CHUNK, length);
  const kind = activationKind(activation);
  return [
    {
      kernel: 'normalise/batchNormalize',
      operands: [inputOperand(context, 0), statistics([scale, bias, mean, variance], epsilon), outputOperand(context)],
      ints: [lines, channels, inner, block, kind],
      floats: [activation.alpha, activation.beta],
      activates: kind > 0,
      units: ceilDiv(lines, block),
    },
  ];
}

/** Means, factors and biases, one after the other. */
function statistics(
  [scale, bias, mean, variance]: readonly [Tensor, Tensor, Tensor, Tensor],
  epsilon: number,
): PackedOperand {
  const channels = scale.data.length;
  const write = (to: Uint8Array): void => {
    const floats = new Float32Array(to.buffer, to.byteOffset, 3 * channels);
    floats.set(mean.data);
    floats.set(bias.data, 2 * channels);
    scale.data.forEach((s, c) => {
      floats[channels + c] = s / Math.sqrt((variance.data[c] ?? 0) + epsilon);
    });
  };
  const key = `statistics ${epsilon}${[bias, mean, variance].map(tensorKey).join('')}`;
  return { kind: 'packed', source: scale, key, bytes: 3 * channels * Float32Array.BYTES_PER_ELEMENT, write };
}
