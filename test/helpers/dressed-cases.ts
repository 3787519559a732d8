/**
 * Random cases of what compiling makes of products and convolutions: residuals, gates, weights in bytes and every activation, of
 * extents that no tile divides, none among them. And numbers that are none, for operators that pass them on.
 */
import { elementCount } from '../../src/core/tensor.ts';
import type { Activation, ActivationKind, OpKind } from '../../src/ir/ops.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { Dice } from '../fuzz/dice.ts';
import type { CaseInput, OpCase } from './op-case.ts';
import { randomSource } from './random.ts';

const KINDS: readonly ActivationKind[] = [
  'none',
  'none',
  'relu',
  'clip',
  'leakyRelu',
  'elu',
  'selu',
  'celu',
  'sigmoid',
  'hardSigmoid',
  'hardSwish',
  'swish',
  'tanh',
  'softplus',
  'softsign',
  'mish',
  'gelu',
  'geluTanh',
];

/** Channels: fewer than a vector, a vector or a panel, and one more or less. */
const CHANNELS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24, 31, 33] as const;

const listOf = (d: Dice, count: number, values: readonly number[]): number[] => range(count).map(() => d.pick(values));

function activationOf(d: Dice): Activation {
  const kind = d.pick(KINDS);
  if (kind === 'clip')
    return d.pick([{ kind, alpha: 0, beta: 6 } as const, { kind, alpha: -0.5, beta: 0.25 } as const]);
  return { kind, alpha: d.pick([0.1, 1 / 6, 1]), beta: d.pick([0.5, 1.05]) };
}

/** Weights: floats, or bytes with a scale for each column, which is the second. */
function weightsOf(d: Dice, shape: readonly number[]): readonly [w: CaseInput, scale: CaseInput | undefined] {
  const depth = Math.max(1, product(shape.slice(0, -1)));
  const reach = Math.sqrt(3 / depth);
  if (d.chance(0.8)) return [{ shape, low: -reach, high: reach, constant: true }, undefined];
  const scale = { shape: shape.slice(-1), low: 0.1 * (reach / 127), high: reach / 127, constant: true };
  return [{ dtype: 'int8', shape, low: -128, high: 128, constant: true }, scale];
}

const biasOf = (d: Dice, columns: number): CaseInput | undefined =>
  d.chance(0.7) ? { shape: [columns], constant: d.chance(0.85) } : undefined;

interface Groups {
  readonly group: number;
  readonly inC: number;
  readonly outC: number;
}

/** Dense, depthwise with one multiplier or several, or grouped. */
function groupsOf(d: Dice, wide: boolean): Groups {
  const dense = {
    group: 1,
    inC: wide ? d.int(16, 70) : d.pick(CHANNELS),
    outC: wide ? d.int(16, 70) : d.pick(CHANNELS),
  };
  if (wide) return dense;
  const group = d.pick(CHANNELS);
  const few = d.int(2, 4);
  return d.pick([
    dense,
    dense,
    { group, inC: group, outC: group },
    { group, inC: group, outC: group * few },
    { group: few, inC: few * d.pick(CHANNELS), outC: few * d.pick(CHANNELS) },
  ]);
}

/** A window, and a map that it fits. */
function windowOf(d: Dice, spatial: number, wide: boolean) {
  const kernel = wide
    ? range(spatial).map(() => 3)
    : d.chance(0.35)
      ? range(spatial).map(() => 1)
      : listOf(d, spatial, spatial > 2 ? [1, 2, 3] : [1, 2, 3, 3, 3, 5, 5, 7]);
  const plain = wide || d.chance(0.4);
  const dilations = plain ? range(spatial).map(() => 1) : listOf(d, spatial, [1, 1, 2, 3]);
  const strides = plain && d.chance(0.6) ? range(spatial).map(() => 1) : listOf(d, spatial, [1, 2, 2, 3]);
  const reach = kernel.map((k, i) => (k - 1) * at(dilations, i) + 1);
  const pads = range(2 * spatial).map((i) => (d.chance(0.4) ? 0 : d.int(0, at(reach, i % spatial) - 1)));
  const extents = reach.map((r, i) => {
    const least = Math.max(1, r - at(pads, i) - at(pads, spatial + i));
    return least + d.pick(wide ? [9, 13, 22] : spatial > 2 ? [0, 1, 2] : [0, 0, 1, 2, 3, 4, 6, 12, 17]);
  });
  return { kernel, dilations, strides, pads, extents, reach };
}

/** A convolution with all that is fused into one; of every eighth, wide and high enough for transforms. */
export function dressedConv(seed: number): OpCase<'Conv'> {
  const d = new Dice(randomSource(seed * 7919 + 1));
  const wide = seed % 8 === 0;
  const spatial = wide ? 2 : d.pick([1, 2, 2, 2, 2, 2, 2, 3]);
  const { kernel, dilations, strides, pads, extents, reach } = windowOf(d, spatial, wide);
  const { group, inC, outC } = groupsOf(d, wide);
  const batch = d.chance(0.03) ? 0 : d.pick([1, 1, 1, 2, 3]);
  const out = extents.map(
    (e, i) => Math.floor((e + at(pads, i) + at(pads, spatial + i) - at(reach, i)) / at(strides, i)) + 1,
  );
  const pointwise = [...kernel, ...strides, group].every((n) => n === 1) && pads.every((n) => n === 0);
  const [w, weightScale] = weightsOf(d, [...kernel, inC / group, outC]);
  return {
    name: `dressed Conv ${seed}`,
    op: 'Conv',
    inputs: [
      { shape: [batch, ...extents, inC] },
      w,
      biasOf(d, outC),
      d.chance(0.3) ? { shape: [batch, ...out, outC] } : undefined,
      pointwise && d.chance(0.4) ? { shape: [batch, ...extents.map(() => 1), inC] } : undefined,
      weightScale,
    ],
    attributes: { strides, dilations, pads, padMode: 'explicit', group, activation: activationOf(d) },
  };
}

/** A product of matrices: batches that are broadcast, transposed operands, vectors, weights in bytes. */
export function dressedMatMul(seed: number): OpCase<'MatMul'> {
  const d = new Dice(randomSource(seed * 7919 + 2));
  const [rows, depth, columns] = [d.pick(CHANNELS), d.chance(0.03) ? 0 : d.pick(CHANNELS), d.pick(CHANNELS)];
  const [transA, transB] = [d.chance(0.3), d.chance(0.3)];
  const batch = listOf(d, d.int(0, 2), [1, 2, 3]);
  const narrowed = (): number[] => (d.chance(0.3) ? [] : batch.map((e) => (d.chance(0.3) ? 1 : e)));
  const activation = activationOf(d);
  const a: CaseInput = { shape: [...batch, ...(transA ? [depth, rows] : [rows, depth])] };
  const bias = biasOf(d, columns);
  if (!transB && depth > 0 && d.chance(0.3)) {
    const [w, weightScale] = weightsOf(d, [depth, columns]);
    return matMul(seed, [a, w, bias, weightScale], { transA, transB, activation });
  }
  const b = { shape: [...narrowed(), ...(transB ? [columns, depth] : [depth, columns])], constant: d.chance(0.5) };
  return matMul(seed, [a, b, bias], { transA, transB, activation });
}

const matMul = (
  seed: number,
  inputs: OpCase<'MatMul'>['inputs'],
  attributes: OpCase<'MatMul'>['attributes'],
): OpCase<'MatMul'> => ({ name: `dressed MatMul ${seed}`, op: 'MatMul', inputs, attributes });

const SPECIAL = [NaN, Infinity, -Infinity, -0, 0, 1e-40, 88, -88, 104, 1e30];

/** The case with numbers that are none, and ends of the range, in its first operand, if that is of floats. */
export function withSpecials<K extends OpKind>(c: OpCase<K>, seed: number): OpCase<K> {
  const [x, ...others] = c.inputs;
  if (!x || (x.dtype ?? 'float32') !== 'float32') return c;
  const d = new Dice(randomSource(seed));
  const count = elementCount(x.shape);
  const values = range(count).map((i) => (d.chance(0.3) ? d.pick(SPECIAL) : (x.values?.[i] ?? d.int(-40, 40) / 8)));
  return { ...c, name: `${c.name} with specials`, inputs: [{ ...x, values }, ...others] };
}
