/**
 * The discrete Fourier transform of many numbers, n = a·b of them: transforms of a numbers and of b numbers, with a turn of each
 * number in between (Cooley and Tukey), instead of a product with one matrix of all.
 */
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { tensorOf } from '../../../../core/tensor.ts';
import { range } from '../../../../util/arrays.ts';
import { countTo, reorder } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';

/** Of more numbers than these, a transform goes in two steps: one matrix would have 2^24 elements or more. */
const MANY = 2048;

/** The most numbers of a step: a matrix of complex ones has 2^25 elements at most. */
const STEP = 2896;

/** Lists of one, int64, whose product is the length. */
type Factors = Readonly<Record<'columns' | 'rows', string>>;

/** What is transformed: x `[…, given, 1 or 2 parts]`, float32. */
export interface Spectrum {
  readonly x: string;
  /** Numbers of the transform, int64 `[1]`: those that x lacks are 0. */
  readonly length: string;
  readonly rank: number;
  readonly inverse: boolean;
  readonly oneSided: boolean;
}

/**
 * `plain`, the transform by one matrix; or, of many numbers, in two steps, where there are two factors that are small enough. Which
 * of both is known while compiling.
 */
export function orInSteps(n: OnnxNode, plain: string, spectrum: Spectrum): string {
  const { length } = spectrum;
  const factors = factorsOf(n, length);
  const isLong = n.binary('greater', length, n.ints([MANY]));
  const inTwo = n.reshape(n.binary('and', isLong, n.binary('lessOrEqual', factors.rows, n.ints([STEP]))), []);
  return n.one('If', [inTwo, inSteps(n, spectrum, factors), plain], { missing: [] });
}

/** `[…, length, 2]`, or the first half and one; and from one-sided frequencies `[…, length, 1]`, real numbers. */
function inSteps(n: OnnxNode, spectrum: Spectrum, { columns, rows }: Factors): string {
  const { length, rank, inverse, oneSided } = spectrum;
  const back = inverse && oneSided;
  const x = back ? mirrored(n, spectrum) : lengthened(n, spectrum);
  const shape = n.one('Shape', [x], {});
  const lead = n.one('Slice', [shape, n.ints([0]), n.ints([-2])], {});
  const parts = n.one('Slice', [shape, n.ints([-1]), n.ints([2 ** 31 - 1])], {});
  const shaped = (value: string, ...extents: readonly string[]): string =>
    n.one('Reshape', [value, n.one('Concat', [lead, ...extents], { axis: 0 })], { allowZero: true });
  const swapped = (value: string): string =>
    n.one('Transpose', [value], { perm: [...range(rank - 2), rank - 1, rank - 2, rank] });
  const two = n.ints([2]);
  // Number j·rows + i: the transform of those with one i; then, turned, of those that have one frequency there.
  const first = steps(n, swapped(shaped(x, columns, rows, parts)), { shaped, inverse, outer: rows, count: columns });
  const turnedOnes = turned(n, first, { rows, columns, length, inverse });
  const second = steps(n, swapped(turnedOnes), { shaped, inverse, outer: columns, count: rows });
  const all = shaped(swapped(second), length, two);
  if (back) return n.one('Slice', [all, n.ints([0]), n.ints([1]), n.ints([rank - 1])], {});
  if (!oneSided) return all;
  const half = n.binary('add', n.binary('div', length, two), n.ints([1]));
  return n.one('Slice', [all, n.ints([0]), half, n.ints([rank - 2])], {});
}

/** The largest factor that is not more than the root, and the other. */
function factorsOf(n: OnnxNode, length: string): Factors {
  const candidates = n.constant(
    tensorOf(
      'int64',
      [STEP],
      range(STEP).map((i) => i + 1),
    ),
    'factors',
  );
  const others = n.binary('div', length, candidates);
  const divides = n.binary('equal', n.binary('mul', others, candidates), length);
  const fits = n.binary('and', divides, n.binary('lessOrEqual', candidates, others));
  const found = n.one('Where', [fits, candidates, n.ints([1])], {});
  const columns = n.one('Reduce', [found], { kind: 'max', axes: [0], keepDims: true });
  return { columns, rows: n.binary('div', length, columns) };
}

/** How the transforms of a step lie: `outer` of them, of `count` numbers each. */
interface Step {
  readonly shaped: (value: string, ...extents: readonly string[]) => string;
  readonly inverse: boolean;
  readonly outer: string;
  readonly count: string;
}

/** x `[…, outer, count, parts]` → `[…, outer, count, 2]`, transformed along the count. */
function steps(n: OnnxNode, x: string, { shaped, inverse, outer, count }: Step): string {
  const parts = n.one('Slice', [n.one('Shape', [x], {}), n.ints([-1]), n.ints([2 ** 31 - 1])], {});
  const extents = n.one('Concat', [count, parts], { axis: 0 });
  const matrix = n.one('DftMatrix', [extents], { inverse, oneSided: false });
  const lines = shaped(x, outer, n.binary('mul', count, parts));
  const product = n.one('MatMul', [lines, matrix], { transA: false, transB: false, activation: NO_ACTIVATION });
  return shaped(product, outer, count, n.ints([2]));
}

/** x `[…, rows, columns, 2]`: each times the root of unity of row · column. */
function turned(
  n: OnnxNode,
  x: string,
  { rows, columns, length, inverse }: Factors & Pick<Spectrum, 'length' | 'inverse'>,
): string {
  const places = n.binary('mul', n.one('Unsqueeze', [countTo(n, rows)], { axes: [1] }), countTo(n, columns));
  // Half a turn at most either way, so that float32 has more digits of it.
  const isFar = n.binary('greater', n.binary('add', places, places), length);
  const near = n.one('Where', [isFar, n.binary('sub', places, length), places], {});
  const float = (value: string): string => n.one('Cast', [value], { to: 'float32' });
  const turns = n.binary('div', float(near), float(length));
  const angle = n.binary('mul', turns, n.scalar('float32', (inverse ? 2 : -2) * Math.PI));
  const part = (kind: 'cos' | 'sin'): string => n.one('Unsqueeze', [n.one('Unary', [angle], { kind })], { axes: [2] });
  const [cos, sin] = [part('cos'), part('sin')];
  const [re = '', im = ''] = n.many('Split', [x], { axis: -1, sizes: [] }, 2);
  const real = n.binary('sub', n.binary('mul', re, cos), n.binary('mul', im, sin));
  const imaginary = n.binary('add', n.binary('mul', re, sin), n.binary('mul', im, cos));
  return n.one('Concat', [real, imaginary], { axis: -1 });
}

/** With zeros behind those that are given. */
function lengthened(n: OnnxNode, { x, length, rank }: Spectrum): string {
  const given = reorder(n, n.one('Shape', [x], {}), [rank - 2]);
  const lack = n.binary('sub', length, given);
  const none = (count: number): string => n.ints(range(count).map(() => 0));
  const pads = n.one('Concat', [none(2 * rank - 2), lack, none(1)], { axis: 0 });
  return n.one('Pad', [x, pads], { mode: 'constant' });
}

/** One-sided frequencies and their conjugates behind them, from the last on; those that are lacking are 0. */
function mirrored(n: OnnxNode, spectrum: Spectrum): string {
  const { length, rank } = spectrum;
  const half = n.binary('add', n.binary('div', length, n.ints([2])), n.ints([1]));
  const kept = lengthened(n, { ...spectrum, length: half });
  const places = countTo(n, length);
  const isMirror = n.binary('greaterOrEqual', places, half);
  const from = n.one('Where', [isMirror, n.binary('sub', length, places), places], {});
  const all = n.one('Gather', [kept, from], { axis: rank - 2 });
  const [re = '', im = ''] = n.many('Split', [all], { axis: -1, sizes: [] }, 2);
  const signs = n.one('Where', [isMirror, n.scalar('float32', -1), n.scalar('float32', 1)], {});
  const conjugate = n.binary('mul', im, n.one('Unsqueeze', [signs], { axes: [1] }));
  // That of frequency 0, and of the last of an even number, says nothing of real numbers.
  return n.one('Concat', [re, conjugate], { axis: -1 });
}
