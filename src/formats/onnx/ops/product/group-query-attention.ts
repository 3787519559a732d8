/** GroupQueryAttention of onnxruntime: attention of a decoder, which keeps the keys and values of the rows before. */
import { attend, headsFirst, headsLast, maskOf, splitHeads } from '../../../lib/attention.ts';
import { countTo, reorder } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';
import { turnedHeads } from './rotary.ts';

/** `[B, heads, rows, E]` each. */
interface FreshRows {
  readonly query: string;
  readonly key: string;
  readonly value: string;
}

/** Where the rows of a run lie among all there are; int64. */
interface Course {
  /** How many rows come before those of the run, `[B, 1]`. */
  readonly before: string;
  /** How many rows there are at most, those of the run among them, `[1]`. */
  readonly total: string;
  /** True where the run is the first, `[1]`. */
  readonly first: string;
}

/**
 * Query, or all three in one, key, value, keys and values of the past, the place of each sequence's last row, how many rows there
 * are at most, cosines and sines, positions, a bias of products, sinks → Y, all keys and values. Of a sequence that has fewer rows than
 * another the rows behind its last are 0; its rows of the run that are padding have a result that means nothing.
 */
export function groupQueryAttention(n: OnnxNode): string[] {
  // What quantised caches, and the products as an output, would be.
  n.attr.only('qk_output', 0);
  n.attr.only('kv_cache_bit_width', 0);
  const course = courseOf(n);
  const fresh = turnedRows(n, freshRows(n), course);
  const [pastKey, pastValue] = [n.optional(3), n.optional(4)];
  if ((pastKey === '') !== (pastValue === '')) n.refuse('keys of the past without values, or values without keys');
  const keys = allRows(n, pastKey, fresh.key, course);
  const values = allRows(n, pastValue, fresh.value, course);
  const upTo = (x: string): string => n.one('Slice', [x, n.ints([0]), course.total, n.ints([2])], {});
  const { dtype = 'float32' } = n.facts(0);
  const scale = n.attr.float('scale', 0);
  const { y } = attend(n, {
    query: fresh.query,
    key: upTo(keys),
    value: upTo(values),
    scale: scale === 0 ? undefined : scale,
    softcap: n.attr.float('softcap', 0),
    bias: biasOf(n, fresh.query, course),
    sink: sinkOf(n),
    mayMaskAll: false,
    dtype,
  });
  const results = [headsLast(n, y), keys, values];
  return results.slice(0, 1 + Math.max(...[0, 1, 2].filter((i) => i === 0 || n.wants(i))));
}

function extent(n: OnnxNode, x: string, axis: number): string {
  return reorder(n, n.one('Shape', [x], {}), [axis]);
}

/** In one tensor with as many heads as all three have, or in three. */
function freshRows(n: OnnxNode): FreshRows {
  const [heads, groups] = [n.attr.int('num_heads', 0), n.attr.int('kv_num_heads', 0)];
  if (heads < 1 || groups < 1) n.fail('num_heads and kv_num_heads are needed');
  if (heads % groups !== 0) n.fail(`${heads} heads in ${groups} groups`);
  for (const index of [0, 1, 2]) {
    if (n.optional(index) !== '' && n.rank(index) !== 3) n.refuse(`input ${index} of rank ${n.rank(index)}`);
  }
  const [query, key, value] = [n.input(0), n.optional(1), n.optional(2)];
  if (key !== '' && value !== '') {
    return {
      query: headsFirst(n, query, heads),
      key: headsFirst(n, key, groups),
      value: headsFirst(n, value, groups),
    };
  }
  if (key !== '' || value !== '') n.refuse('keys without values, or values without keys');
  const all = splitHeads(n, query, heads + 2 * groups);
  const parts = n.many('Split', [all], { axis: 2, sizes: [heads, groups, groups] }, 3);
  const [q = '', k = '', v = ''] = parts.map((x) => n.one('Transpose', [x], { perm: [0, 2, 1, 3] }));
  return { query: q, key: k, value: v };
}

/** A run with as many rows as there are at most is the first: nothing comes before it, however many rows a sequence has. */
function courseOf(n: OnnxNode): Course {
  // A place of another sequence is none of this one's: as many are needed as there are sequences.
  const batch = n.one('Concat', [extent(n, n.input(0), 0), n.ints([1])], { axis: 0 });
  const last = n.one('Cast', [n.one('Reshape', [n.input(5), batch], { allowZero: true })], { to: 'int64' });
  const total = n.one('Cast', [n.reshape(n.input(6), [1])], { to: 'int64' });
  const rows = extent(n, n.input(0), 1);
  const first = n.binary('equal', rows, total);
  const behind = n.binary('sub', n.binary('add', last, n.ints([1])), rows);
  const before = n.one('Where', [first, n.ints([0]), behind], {});
  return { before, total, first };
}

/** Queries and keys turned by the angles of their positions, where the node does that. */
function turnedRows(n: OnnxNode, fresh: FreshRows, course: Course): FreshRows {
  const interleaved = n.attr.flag('rotary_interleaved', false);
  const [cosines, sines, given] = [n.optional(7), n.optional(8), n.optional(9)];
  if (!n.attr.flag('do_rotary', false)) return fresh;
  if (cosines === '' || sines === '') n.fail('do_rotary without cosines and sines');
  const positions = positionsOf(n, countTo(n, extent(n, fresh.query, 2)), given, course);
  const [cos = '', sin = ''] = [cosines, sines].map((angles) =>
    n.one('Unsqueeze', [n.one('Gather', [angles, positions], { axis: 0 })], { axes: [1] }),
  );
  const turn = (x: string): string => turnedHeads(n, x, { cos, sin, interleaved, width: 0 });
  return { query: turn(fresh.query), key: turn(fresh.key), value: fresh.value };
}

/** Of the positions that a first run is given only the first counts, for all rows that follow, and for all sequences. */
function positionsOf(n: OnnxNode, rows: string, given: string, { before, first }: Course): string {
  if (given === '') return n.binary('add', before, rows);
  const start = n.one('Slice', [given, n.ints([0, 0]), n.ints([1, 1]), n.ints([0, 1])], {});
  return n.one('Where', [first, n.binary('add', start, rows), given], {});
}

/**
 * Rows of the past up to those of the run, these, and zeros: as many as there are at most, or as the past has room for, if that
 * is more. Each sequence has its own number of them, so they are picked from all that there are.
 */
function allRows(n: OnnxNode, past: string, fresh: string, { before, total }: Course): string {
  const { dtype = 'float32' } = n.facts(0);
  const rows = extent(n, fresh, 2);
  const kept = past === '' ? n.ints([0]) : extent(n, past, 2);
  const room = n.binary('max', total, kept);
  const places = n.one('Unsqueeze', [countTo(n, room)], { axes: [0] });
  const after = n.binary('sub', places, before);
  const isFresh = n.binary('greaterOrEqual', after, n.ints([0]));
  const isThere = n.binary('less', after, rows);
  const found = n.one('Where', [isFresh, n.binary('add', after, kept), places], {});
  const zeros = n.binary('add', kept, rows);
  const picked = n.one('Where', [isThere, found, zeros], {});
  const pads = n.ints([0, 0, 0, 0, 0, 0, 1, 0]);
  const all = n.one('Concat', [...(past === '' ? [] : [past]), fresh], { axis: 2 });
  const padded = n.one('Pad', [all, pads, n.scalar(dtype, 0)], { mode: 'constant' });
  return pickRows(n, padded, picked);
}

/** Rows `[B, R]` of `[B, groups, rows, E]`: heads behind the rows, so that a row of a sequence is one element of a list. */
function pickRows(n: OnnxNode, x: string, rows: string): string {
  const moved = n.one('Transpose', [x], { perm: [0, 2, 1, 3] });
  const picked = n.one('GatherND', [moved, n.one('Unsqueeze', [rows], { axes: [-1] })], { batchDims: 1 });
  return n.one('Transpose', [picked], { perm: [0, 2, 1, 3] });
}

/** −∞ where a row may not look: behind itself, or further back than the window has rows; and the bias that is given. */
function biasOf(n: OnnxNode, query: string, { before, total }: Course): string {
  const { dtype = 'float32' } = n.facts(0);
  const at = n.binary('add', before, countTo(n, extent(n, query, 2)));
  const row = n.one('Unsqueeze', [at], { axes: [1, 3] });
  const key = countTo(n, total);
  const window = n.attr.int('local_window_size', -1);
  if (window < 1 && window !== -1) n.fail(`local_window_size = ${window}`);
  const conditions = [
    n.binary('greaterOrEqual', row, key),
    ...(window > 0 ? [n.binary('less', n.binary('sub', row, n.ints([window])), key)] : []),
  ];
  const mask = maskOf(
    n,
    conditions.reduce((a, b) => n.binary('and', a, b)),
    dtype,
  );
  const given = n.optional(10);
  return given === '' ? mask : n.binary('add', mask, given);
}

/** A further product of each row that takes its part of the sum of weights alone. */
function sinkOf(n: OnnxNode): string {
  const { dtype = 'float32' } = n.facts(0);
  const given = n.optional(11);
  if (given !== '') return n.reshape(given, [1, -1, 1, 1]);
  return n.attr.int('smooth_softmax', 0) > 0 ? n.reshape(n.scalar(dtype, 0), [1, 1, 1, 1]) : '';
}
