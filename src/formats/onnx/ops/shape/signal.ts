/** Windows and spectra of signals: composed of what moves, adds and multiplies, with the matrix of a Fourier transform. */
import { isFloat } from '../../../../core/dtype.ts';
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { range } from '../../../../util/arrays.ts';
import { checkedCount } from '../../../lib/composites.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';
import { orInSteps } from './spectrum.ts';
import { dataTypeName, dtypeOfTensor } from '../../tensor.ts';

/** The type that the output is asked in: float32 unless the node says so. */
function outputType(n: OnnxNode): NonNullable<ReturnType<typeof dtypeOfTensor>> {
  const code = n.attr.int('output_datatype', 1);
  return dtypeOfTensor(code) ?? n.refuse(`output_datatype = ${dataTypeName(code)}`);
}

/** An integer scalar of any type, as int64. */
function integer(n: OnnxNode, value: string): string {
  return n.one('Cast', [n.reshape(value, [])], { to: 'int64' });
}

/** A sum of cosines: terms[0] + terms[1] · cos(2πi / N) + terms[2] · cos(4πi / N), N the size or, where symmetric, one less. */
function window(...terms: readonly number[]): OnnxTranslation {
  return (n) => {
    const size = integer(n, n.input(0));
    const to = outputType(n);
    const float = (value: string): string => n.one('Cast', [value], { to: 'float32' });
    const period = n.attr.flag('periodic', true) ? size : n.binary('sub', size, n.scalar('int64', 1));
    const turns = n.binary('div', float(checkedCount(n, size)), float(period));
    const cosine = (order: number, factor: number): string => {
      const angle = n.binary('mul', turns, n.scalar('float32', 2 * Math.PI * order));
      return n.binary('mul', n.one('Unary', [angle], { kind: 'cos' }), n.scalar('float32', factor));
    };
    const [constant = 0, ...factors] = terms;
    const sum = factors.reduce(
      (folded, factor, i) => n.binary('add', folded, cosine(i + 1, factor)),
      n.scalar('float32', constant),
    );
    return to === 'float32' ? sum : n.one('Cast', [sum], { to });
  };
}

export const hannWindow = window(0.5, -0.5);
export const hammingWindow = window(25 / 46, -21 / 46);
export const blackmanWindow = window(0.42, -0.5, 0.08);

export function melWeightMatrix(n: OnnxNode): string {
  return n.one(
    'MelWeightMatrix',
    [0, 1, 2, 3, 4].map((i) => n.input(i)),
    { dtype: outputType(n) },
  );
}

/** Entries `from` to `to` of a list. */
function part(n: OnnxNode, list: string, from: number, to: number): string {
  return n.one('Slice', [list, n.ints([from]), n.ints([to])], {});
}

function concat(n: OnnxNode, ...lists: readonly string[]): string {
  return n.one('Concat', lists, { axis: 0 });
}

function multiply(n: OnnxNode, a: string, b: string): string {
  return n.main('MatMul', [a, b], { transA: false, transB: false, activation: NO_ACTIVATION });
}

/** x `[…, n, parts]` times the matrix → `[…, k, 2]`, or `[…, k, 1]` where it goes back to real numbers. */
function transformed(n: OnnxNode, x: string, matrix: string, parts: 1 | 2): string {
  const shape = n.one('Shape', [x], {});
  const lead = part(n, shape, 0, -2);
  const rows = n.one('Reduce', [part(n, shape, -2, 2 ** 31 - 1)], { kind: 'prod', axes: [0], keepDims: true });
  const y = multiply(n, n.reshapeTo(x, concat(n, lead, rows)), matrix);
  const columns = part(n, n.one('Shape', [matrix], {}), 1, 2);
  return n.reshapeTo(y, concat(n, lead, n.binary('div', columns, n.ints([parts])), n.ints([parts])));
}

/** The axis of DFT: an attribute once, then an input. */
function dftAxis(n: OnnxNode, rank: number): number {
  const given = n.opset < 20 || n.optional(2) === '' ? undefined : (n.constantInput(2) ?? n.unknown(2, 'axis')).data[0];
  const axis = given ?? (n.opset < 20 ? n.attr.int('axis', 1) : -2);
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank - 1) n.fail(`axis ${axis} of a signal of rank ${rank}`);
  return at;
}

/** DFT: x `[…, n, …, parts]`. Numbers beyond the length are cut off; the matrix takes those that are lacking for 0. */
export function dft(n: OnnxNode): string {
  return inFloat32(n, transform);
}

function transform(n: OnnxNode, given: string): string {
  const rank = n.rank(0);
  const axis = dftAxis(n, rank);
  const attributes = { inverse: n.attr.flag('inverse', false), oneSided: n.attr.flag('onesided', false) };
  const back = attributes.inverse && attributes.oneSided;
  if (back && n.opset < 20) n.refuse('inverse of a onesided transform');
  const told = n.optional(1);
  const length = told === '' ? '' : n.reshapeTo(integer(n, told), n.ints([1]));
  const half = (): string => n.binary('add', n.binary('div', length, n.ints([2])), n.ints([1]));
  const x = length === '' ? given : n.one('Slice', [given, n.ints([0]), back ? half() : length, n.ints([axis])], {});
  const perm = [...range(rank - 1).filter((i) => i !== axis), axis, rank - 1];
  const moves = axis !== rank - 2;
  const signal = moves ? n.one('Transpose', [x], { perm }) : x;
  const extents = part(n, n.one('Shape', [signal], {}), -2, 2 ** 31 - 1);
  const matrix = n.one('DftMatrix', length === '' ? [extents] : [extents, length], attributes);
  const plain = transformed(n, signal, matrix, back ? 1 : 2);
  const count = part(n, extents, 0, 1);
  const numbers = length === '' ? (back ? doubled(n, count) : count) : length;
  const y = orInSteps(n, plain, { x: signal, length: numbers, rank, ...attributes });
  return moves ? n.one('Transpose', [y], { perm: range(rank).map((i) => perm.indexOf(i)) }) : y;
}

/** 2 · (n − 1), how many numbers n one-sided frequencies are of. */
function doubled(n: OnnxNode, count: string): string {
  return n.binary('mul', n.binary('sub', count, n.ints([1])), n.ints([2]));
}

/** What `compute` makes of the signal, which has to have fractions; of 16 bits it is computed as of float32, and rounded once. */
function inFloat32(n: OnnxNode, compute: (n: OnnxNode, signal: string) => string): string {
  const { dtype = 'float32' } = n.facts(0);
  if (!isFloat(dtype)) n.fail(`a signal of ${dtype}; a Cast to float32 makes it real numbers`);
  if (dtype === 'float32') return compute(n, n.input(0));
  return n.one('Cast', [compute(n, n.one('Cast', [n.input(0)], { to: 'float32' }))], { to: dtype });
}

/** STFT: frames of a signal `[batch, n, parts]`, or `[batch, n]`, times the window, which is in the matrix already. */
export function stft(n: OnnxNode): string {
  return inFloat32(n, shortTime);
}

function shortTime(n: OnnxNode, signal: string): string {
  const rank = n.rank(0);
  if (rank !== 2 && rank !== 3) n.fail(`a signal of rank ${rank}`);
  const x = rank === 2 ? n.one('Unsqueeze', [signal], { axes: [-1] }) : signal;
  const given = n.optional(3);
  const weights = n.optional(2);
  const window = weights === '' ? '' : n.one('Cast', [weights], { to: 'float32' });
  if (window === '' && given === '') n.fail('neither window nor frame_length is given');
  const length = n.reshapeTo(given === '' ? n.one('Shape', [window], {}) : integer(n, given), n.ints([1]));
  const shape = n.one('Shape', [x], {});
  const extents = concat(n, length, part(n, shape, 2, 3));
  const oneSided = n.attr.flag('onesided', true);
  const matrix = n.one('DftMatrix', [extents], { inverse: false, oneSided });
  const frames = n.one('Gather', [x, framePositions(n, part(n, shape, 1, 2), length)], { axis: 1 });
  const plain = transformed(n, frames, window === '' ? matrix : windowed(n, matrix, { window, length }), 2);
  const factors = window === '' ? '' : n.reshapeTo(window, concat(n, length, n.ints([1])));
  const weighted = window === '' ? frames : n.binary('mul', frames, factors);
  return orInSteps(n, plain, { x: weighted, length, rank: 4, inverse: false, oneSided });
}

/** Positions of each frame: `[frames, length]`. A step that is not positive is made 0, which no range has. */
function framePositions(n: OnnxNode, extent: string, length: string): string {
  const step = n.binary('max', integer(n, n.input(1)), n.scalar('int64', 0));
  const last = integer(n, n.binary('add', n.binary('sub', extent, length), n.ints([1])));
  const starts = n.one('Range', [n.scalar('int64', 0), last, step], {});
  const within = checkedCount(n, integer(n, length));
  return n.binary('add', n.one('Unsqueeze', [starts], { axes: [1] }), within);
}

/** The rows of the matrix, of every part, times the window; one of another length is an error. */
function windowed(
  n: OnnxNode,
  matrix: string,
  { window, length }: Readonly<Record<'window' | 'length', string>>,
): string {
  const shape = n.one('Shape', [matrix], {});
  const rows = n.reshapeTo(matrix, concat(n, length, n.ints([-1])));
  const factors = n.reshapeTo(window, concat(n, length, n.ints([1])));
  return n.reshapeTo(n.binary('mul', rows, factors), shape);
}
