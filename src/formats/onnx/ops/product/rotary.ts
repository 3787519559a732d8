/** Rotary position embeddings: pairs of elements turned by an angle of their position. */
import { splitHeads, shaped } from '../../../lib/attention.ts';
import { countTo, reorder } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';

/** Values of the angles, and how x is turned by them. */
export interface Turn {
  /** Cosines and sines, broadcast to x without its last dimension, whose half they have. */
  readonly cos: string;
  readonly sin: string;
  /** Neighbours make a pair, not elements of both halves. */
  readonly interleaved: boolean;
  /** How many elements are turned; 0: all. */
  readonly width: number;
}

/** X, cosines, sines, position of each row: the angles of rows, or with positions, of all positions. */
export function rotaryEmbedding(n: OnnxNode): string {
  const positions = n.optional(3);
  const turn = { interleaved: n.attr.flag('interleaved', false), width: n.attr.int('rotary_embedding_dim', 0) };
  const heads = n.attr.int('num_heads', 0);
  return turned(n, heads, turn, (index) => {
    const angles = n.input(index);
    return positions === '' ? angles : n.one('Gather', [angles, positions], { axis: 0 });
  });
}

/** The same of onnxruntime: X, positions or a list of the first, cosines, sines of all positions. */
export function microsoftRotaryEmbedding(n: OnnxNode): string {
  n.attr.only('is_packed_batching', 0);
  if (n.attr.float('scale', 1) !== 1) n.refuse('scale');
  const turn = { interleaved: n.attr.flag('interleaved', false), width: n.attr.int('rotary_embedding_dim', 0) };
  const given = n.input(1);
  const rank = n.rank(0);
  const first = n.rank(1) === 1;
  const shape = n.one('Shape', [n.input(0)], {});
  const rows = reorder(n, shape, [rank === 4 ? 2 : 1]);
  const run = first ? n.binary('add', given, countTo(n, rows)) : given;
  const positions = first ? n.one('Unsqueeze', [run], { axes: [0] }) : run;
  const heads = n.attr.int('num_heads', 0);
  if (rank === 3 && heads < 1) n.refuse('num_heads = 0');
  return turned(n, heads, turn, (index) => n.one('Gather', [n.input(index + 1), positions], { axis: 0 }));
}

/** X of four dimensions has rows in the third, of three in the second, where its heads are in one. */
function turned(
  n: OnnxNode,
  heads: number,
  turn: Pick<Turn, 'interleaved' | 'width'>,
  angles: (index: number) => string,
): string {
  const rank = n.rank(0);
  if (rank !== 3 && rank !== 4) n.fail(`a rotary embedding of a tensor of rank ${rank}`);
  if (rank === 3 && heads < 1) n.fail('num_heads is needed with an input of rank 3');
  if (turn.width < 0 || turn.width % 2 !== 0) n.fail(`rotary_embedding_dim = ${turn.width}`);
  const x = n.input(0);
  const axes = [rank === 4 ? 1 : 2];
  const [cos = '', sin = ''] = [1, 2].map((index) => n.one('Unsqueeze', [angles(index)], { axes }));
  const split = rank === 4 ? x : splitHeads(n, x, heads);
  const y = turnedHeads(n, split, { ...turn, cos, sin });
  return n.one('Reshape', [y, n.one('Shape', [x], {})], { allowZero: true });
}

/** Of x `[…, width]` the first elements are turned. */
export function turnedHeads(n: OnnxNode, x: string, turn: Turn): string {
  if (turn.width === 0) return turn.interleaved ? turnNeighbours(n, x, turn) : turnHalves(n, x, turn);
  const front = n.ints([turn.width]);
  const sizes = n.one('Concat', [front, n.binary('sub', reorder(n, n.one('Shape', [x], {}), [3]), front)], { axis: 0 });
  const [moved = '', rest = ''] = n.many('Split', [x, sizes], { axis: -1, sizes: [] }, 2);
  return n.one('Concat', [turnedHeads(n, moved, { ...turn, width: 0 }), rest], { axis: -1 });
}

function turnHalves(n: OnnxNode, x: string, turn: Turn): string {
  const [a = '', b = ''] = n.many('Split', [x], { axis: -1, sizes: [] }, 2);
  return n.one('Concat', pairOf(n, a, b, { cos: asHalf(n, turn.cos, a), sin: asHalf(n, turn.sin, a) }), { axis: -1 });
}

function turnNeighbours(n: OnnxNode, x: string, { cos, sin }: Turn): string {
  const shape = n.one('Shape', [x], {});
  const half = n.binary('div', reorder(n, shape, [3]), n.ints([2]));
  const pairs = shaped(n, x, [reorder(n, shape, [0, 1, 2]), half, n.ints([2])]);
  const [a = '', b = ''] = n.many('Split', [pairs], { axis: -1, sizes: [] }, 2);
  const column = (value: string): string => n.one('Unsqueeze', [asHalf(n, value, a)], { axes: [-1] });
  const both = n.one('Concat', pairOf(n, a, b, { cos: column(cos), sin: column(sin) }), { axis: -1 });
  return n.one('Reshape', [both, shape], { allowZero: true });
}

/** Angles that are one for each pair: another number of them does not fit, not even one for all. */
function asHalf(n: OnnxNode, angles: string, a: string): string {
  const extents = n.one('Shape', [angles], {});
  return shaped(n, angles, [reorder(n, extents, [0, 1, 2]), reorder(n, n.one('Shape', [a], {}), [3])]);
}

function pairOf(n: OnnxNode, a: string, b: string, { cos, sin }: Pick<Turn, 'cos' | 'sin'>): string[] {
  const real = n.binary('sub', n.binary('mul', a, cos), n.binary('mul', b, sin));
  const imaginary = n.binary('add', n.binary('mul', a, sin), n.binary('mul', b, cos));
  return [real, imaginary];
}
