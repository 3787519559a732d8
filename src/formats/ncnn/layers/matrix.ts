/** Products of matrices that a network computes, or has as weights, and attention, which is made of them. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { attend, headsFirst, headsLast } from '../../lib/attention.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';

/** How operands of Gemm are had: the first blobs are those that are no weights. */
interface GemmOperands {
  /** `[N, M, K]` and `[N, K, O]`, or transposed; weights without the batch. */
  readonly a: string;
  readonly b: string;
  readonly c: string | undefined;
}

/** alpha·(A·B + beta·C), each of which may be weights. */
function gemm(c: NcnnContext): string {
  const [alpha, beta] = [c.float(0, 1), c.float(1, 1)];
  const [transA, transB] = [c.flag(2), c.flag(3)];
  // How blobs lie in memory, and in which tiles they are computed.
  c.ignore(12, 20, 21, 22);
  c.refuseFlag(13, `results of element type ${c.int(13, 0)}`);
  c.refuseFlag(18, `weights quantised as ${c.int(18, 0)}`);
  const operands = gemmOperands(c, transA, transB);
  const product = c.main('MatMul', [operands.a, operands.b], { transA, transB, activation: NO_ACTIVATION });
  const sum = operands.c === undefined ? product : c.binary('add', product, times(c, operands.c, beta));
  const y = times(c, sum, alpha);
  const turned = c.flag(14) ? c.one('Transpose', [y], { perm: [0, 2, 1] }) : y;
  return c.flag(11) ? c.one('Unsqueeze', [turned], { axes: [2] }) : turned;
}

function times(c: NcnnContext, x: string, factor: number): string {
  return factor === 1 ? x : c.binary('mul', x, c.scalar('float32', factor));
}

function gemmOperands(c: NcnnContext, transA: boolean, transB: boolean): GemmOperands {
  const [m, n, k] = [7, 8, 9].map((id) => c.intFrom(0, id, 0)) as [number, number, number];
  const [ownA, ownB, ownC] = [4, 5, 6].map((id) => c.flag(id));
  const blobs = [...c.inputs()];
  const next = (): string => blobs.shift() ?? c.fail(`reads ${c.inputCount} blobs, which are too few`);
  const matrix = (own: boolean | undefined, shape: readonly number[], what: string): string =>
    own ? c.weights(shape, what) : rows(c, next());
  const a = matrix(ownA, transA ? [k, m] : [m, k], 'A');
  const b = matrix(ownB, transB ? [n, k] : [k, n], 'B');
  // Of two matrices that are weights nothing says how often they are multiplied: once for each image.
  const first = ownA && ownB ? c.perImage(a) : a;
  return { a: first, b, c: ownC ? constantC(c, m, n) : givenC(c, blobs, b, transB) };
}

/** A matrix for each image: of a vector its only row, of maps of one row each the rows of all. */
function rows(c: NcnnContext, x: string): string {
  const dims = c.dims(x);
  if (dims === 2) return x;
  if (dims === 1) return c.one('Unsqueeze', [x], { axes: [1] });
  return dims === 3 ? c.one('Squeeze', [x], { axes: [2] }) : c.refuse(`a blob of ${dims} dimensions`);
}

/** The weights that are added, as broadcast to `[M, O]`. */
function constantC(c: NcnnContext, m: number, n: number): string | undefined {
  const form = c.int(10, 0);
  if (form === -1) return undefined;
  const shape = [
    [1, 1],
    [m, 1],
    [m, 1],
    [m, n],
    [1, n],
  ][form];
  return c.weights(shape ?? c.refuse(`a constant C of broadcast type ${form}`), 'C');
}

/** The blob that is added. A vector is that of the columns where it is as long, else that of the rows. */
function givenC(c: NcnnContext, [x]: readonly string[], b: string, transB: boolean): string | undefined {
  if (x === undefined) return undefined;
  if (c.dims(x) === 2) return x;
  if (c.dims(x) > 2) c.refuse(`adding a blob of ${c.dims(x)} dimensions`);
  const [width, columns] = [c.extents(x).at(-1), c.extents(b).at(transB ? -2 : -1)];
  if (width === undefined || columns === undefined) c.refuse('adding a vector of a length that the file does not fix');
  return c.one('Unsqueeze', [x], { axes: [width === columns || width === 1 ? 1 : 2] });
}

/** A product of two blobs, matrices or batches of them; a vector is a row to the left, and a column to the right. */
function matMul(c: NcnnContext): string {
  const [a, b] = [c.input(0), c.input(1)];
  const [dimsA, dimsB] = [c.dims(a), c.dims(b)];
  const attributes = { transA: false, transB: dimsB > 1 && c.flag(0), activation: NO_ACTIVATION };
  c.flag(0);
  const left = dimsA === 1 ? c.one('Unsqueeze', [a], { axes: [1] }) : a;
  const right = dimsB === 1 ? c.one('Unsqueeze', [b], { axes: [2] }) : b;
  const dims = Math.max(dimsA, dimsB, 2);
  // Dimensions are filled up behind the batch.
  const filled = (x: string): string => {
    const missing = dims - c.dims(x);
    return missing === 0 ? x : c.one('Unsqueeze', [x], { axes: Array.from({ length: missing }, (_, i) => i + 1) });
  };
  const y = c.main('MatMul', [filled(left), filled(right)], attributes);
  const gone = [...(dimsA === 1 ? [-2] : []), ...(dimsB === 1 ? [-1] : [])];
  // Of two vectors the result is a vector of one.
  if (gone.length === 0) return y;
  return c.one('Squeeze', [y], { axes: gone.length === 2 ? [-2] : gone });
}

/** Rows of a matrix of weights by their numbers; those outside are the nearest. */
function embed(c: NcnnContext): string {
  const [outputs, words] = [c.intFrom(1, 0, 0), c.intFrom(1, 1, 0)];
  const hasBias = c.flag(2);
  if (c.int(3, 0) !== outputs * words) c.fail(`${c.int(3, 0)} weights do not fit ${words} rows of ${outputs}`);
  c.refuseFlag(18, 'weights of 8 bits');
  const x = c.input();
  if (c.dims(x) !== 1) c.refuse(`a blob of ${c.dims(x)} dimensions`);
  const weights = c.weights([words, outputs]);
  const held = c.activate(x, { kind: 'clip', alpha: 0, beta: words - 1 });
  const y = c.one('Gather', [weights, c.one('Cast', [held], { to: 'int32' })], { axis: 0 });
  return hasBias ? c.binary('add', y, c.plain([outputs], 'bias')) : y;
}

/** Which blobs are query, key, value and mask: those that follow are left out where they are the same. */
function attentionInputs(c: NcnnContext, hasMask: boolean): readonly [string, string, string, string] {
  const count = c.inputCount - (hasMask ? 1 : 0);
  if (count < 1 || count > 3) c.fail(`reads ${c.inputCount} blobs`);
  const [key, value] = [Math.min(count - 1, 1), count - 1];
  return [c.input(0), c.input(key), c.input(value), hasMask ? c.input(count) : ''];
}

/** Attention of several heads, with the products before and behind it. */
function multiHeadAttention(c: NcnnContext): string {
  const [width, heads] = [c.intFrom(1, 0, 0), c.intFrom(1, 1, 1)];
  const queryWidth = c.int(2, 0) / width;
  if (!Number.isInteger(queryWidth) || queryWidth < 1 || width % heads !== 0) {
    c.fail(`${c.int(2, 0)} weights do not fit ${heads} heads of together ${width}`);
  }
  const [keyWidth, valueWidth] = [c.intFrom(1, 3, width), c.intFrom(1, 4, width)];
  const hasMask = c.flag(5);
  const scale = c.float(6, 1 / Math.sqrt(width / heads));
  c.refuseFlag(7, 'a cache of keys and values');
  c.refuseFlag(18, `weights quantised as ${c.int(18, 0)}`);
  const [query, key, value, mask] = attentionInputs(c, hasMask);
  const project = (x: string, from: number, to: number, what: string): string => projected(c, x, [from, to], what);
  const q = headsFirst(c, project(query, queryWidth, width, 'query'), heads);
  const k = headsFirst(c, project(key, keyWidth, width, 'key'), heads);
  const v = headsFirst(c, project(value, valueWidth, width, 'value'), heads);
  const bias = mask !== '' && c.dims(mask) === 2 ? c.one('Unsqueeze', [mask], { axes: [1] }) : mask;
  const spec = { query: q, key: k, value: v, scale, bias, mayMaskAll: false, dtype: 'float32' } as const;
  return project(headsLast(c, attend(c, spec).y), width, queryWidth, 'result');
}

/** x `[N, L, from]` times weights `[to, from]`, and a bias. */
function projected(c: NcnnContext, x: string, [from, to]: readonly [number, number], what: string): string {
  const weights = c.weights([to, from], `weights of the ${what}`);
  const bias = c.plain([to], `bias of the ${what}`);
  const product = c.one('MatMul', [x, weights], { transA: false, transB: true, activation: NO_ACTIVATION });
  return c.binary('add', product, bias);
}

/** Products. */
export const MATRIX = {
  Gemm: gemm,
  MatMul: matMul,
  Embed: embed,
  MultiHeadAttention: multiHeadAttention,
} satisfies Record<string, NcnnTranslation>;
