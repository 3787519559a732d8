/** QLinearBinary as a call of a WASM kernel: what each byte stands for is in tables. */
import { broadcastStrides } from '../../core/broadcast.ts';
import { extremesOf } from '../../core/extremes.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import type { NodeOf, QuantisedBinaryKind } from '../../ir/ops.ts';
import { productMultipliers, type Multipliers } from '../../ir/quantise/multipliers.ts';
import { realPlan } from '../../ir/quantise/reals.ts';
import { sumPlan, type BinaryScales } from '../../ir/quantise/sums.ts';
import { at, ceilDiv, range } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import {
  BYTES_SCRATCH,
  BYTES_TOGETHER,
  flipOf,
  isByte,
  knownScalars,
  offsetWords,
  overScale,
  uniformHead,
} from '../lib/quantised.ts';
import { REQUANTISE_RULES, rescalingOf, resultWords, type Rescaling } from '../lib/requantise.ts';

/** A function of the terms of two bytes, as the kernel numbers them. */
interface ByteFunction {
  readonly kind: number;
  readonly terms: readonly Int32Array[];
  readonly rescaling: Rescaling | undefined;
  /** The zero point is added before rounding. */
  readonly real: boolean;
}

const INTEGERS: { readonly [K in QuantisedBinaryKind]: number } = { add: 0, sub: 0, mul: 1, squaredDifference: 2 };
const REALS = { add: 3, sub: 4, mul: 5 };

/** Calls of a function of two bytes whose scales are known, broadcast along three runs of dimensions at most. */
export function qLinearBinary(context: SimdContext<'QLinearBinary'>): readonly SimdCall[] | undefined {
  const { attributes } = context.node;
  const [a, , , b] = context.inputs;
  const y = at(context.outputs, 0);
  const source = context.constant(1);
  const scalars = knownScalars(context, [1, 2, 4, 5, 6, 7]);
  if (!isByte(a) || !isByte(b) || a.dtype !== b.dtype || !source || !scalars) return undefined;
  const walk = walkOf(a, b, y);
  const [sa = 1, za = 0, sb = 1, zb = 0, sy = 1, zy = 0] = scalars;
  const [lowest] = extremesOf(a.dtype);
  const { kind, terms, rescaling, real } = functionOf(attributes, lowest, {
    scales: [sa, sb, sy],
    zeroPoints: [za, zb],
  });
  if (!rescaling || !walk) return undefined;
  const result = real ? offsetWords(rescaling, attributes, zy) : resultWords(rescaling, attributes, y, zy);
  if (!result) return undefined;
  const key = [attributes.kind, attributes.rounding, lowest, ...scalars].join(' ');
  const [outer = 1, middle = 1, inner = 1] = walk;
  return [
    {
      kernel: 'quantise/combine',
      operands: [
        inputOperand(context, 0),
        inputOperand(context, 3),
        uniformHead(source, rescaling, terms, key),
        outputOperand(context),
      ],
      ints: [kind, flipOf(a), ...walk, ...result.ints],
      floats: result.floats,
      units: outer * middle * ceilDiv(inner, BYTES_TOGETHER),
      scratch: BYTES_SCRATCH,
    },
  ];
}

function functionOf(
  { kind, rounding }: NodeOf<'QLinearBinary'>['attributes'],
  lowest: number,
  given: BinaryScales,
): ByteFunction {
  if (rounding === 'float-even' && kind !== 'squaredDifference') {
    const { terms, scale } = realPlan(kind === 'mul' ? 'product' : 'sum', lowest, given);
    const bits = terms.map(({ buffer }) => new Int32Array(buffer));
    return { kind: REALS[kind], terms: bits, rescaling: overScale(scale), real: true };
  }
  if (kind === 'mul') {
    const [first, second, result] = given.scales;
    const rescaling = rescalingOf(productMultipliers(rounding, { first, second: [second], result, inFloat: false }));
    const terms = given.zeroPoints.map((zero) => Int32Array.from(range(256), (i) => i + lowest - zero));
    return { kind: INTEGERS.mul, terms, rescaling, real: false };
  }
  const { terms, multipliers } = sumPlan(kind, rounding, lowest, given);
  const rescaling = (kind !== 'squaredDifference' && shiftOf(multipliers, terms)) || rescalingOf(multipliers);
  return { kind: INTEGERS[kind], terms, rescaling, real: false };
}

/** A multiplier that is rounded once and is a power of two, where sums and a half have room in int32. */
function shiftOf({ rule, values }: Multipliers, terms: readonly Int32Array[]): Rescaling | undefined {
  const [value] = values;
  if (rule !== 'once' || typeof value !== 'object' || value.multiplier !== 2 ** 30) return undefined;
  const bits = 1 - value.shift;
  const largest = terms.reduce((sum, some) => sum + some.reduce((a, b) => Math.max(a, Math.abs(b)), 0), 0);
  if (bits < 1 || bits > 30 || largest + 2 ** (bits - 1) >= 2 ** 31) return undefined;
  return { rule: REQUANTISE_RULES.shifted, words: () => [0, 0, bits] };
}

/** Extents of three runs of dimensions, then the steps of a, then of b; nothing where there are more runs. */
function walkOf(a: TensorDesc, b: TensorDesc, { shape }: TensorDesc): number[] | undefined {
  const steps = [a, b].map((operand) => broadcastStrides(operand.shape, shape));
  const runs: { extent: number; steps: number[] }[] = [];
  shape.forEach((extent, i) => {
    if (extent === 1) return;
    const own = steps.map((some) => at(some, i));
    const outer = runs.at(-1);
    if (outer?.steps.every((step, k) => step === at(own, k) * extent)) {
      runs[runs.length - 1] = { extent: outer.extent * extent, steps: own };
    } else runs.push({ extent, steps: own });
  });
  if (runs.length > 3) return undefined;
  while (runs.length < 3) runs.unshift({ extent: 1, steps: [0, 0] });
  return [...runs.map(({ extent }) => extent), ...[0, 1].flatMap((k) => runs.map(({ steps }) => at(steps, k)))];
}
