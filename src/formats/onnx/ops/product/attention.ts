/** Attention of ONNX's own domain. */
import { attend, causal, headsFirst, headsLast, maskOf, type Attended } from '../../../lib/attention.ts';
import { countTo, reorder } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';

/** What the fourth output is, by `qk_matmul_output_mode`, in the order of computing that ONNX's errata to opset 23 and 24 have. */
const STEPS = ['products', 'capped', 'biased', 'weights'] as const satisfies readonly (keyof Attended)[];

/** Q, K, V, a mask, keys and values of the past, and how many keys are there → Y, all keys and values, a step on the way. */
export function attentionOp(n: OnnxNode): string[] {
  n.attr.ignore('softmax_precision'); // float32 whatever it says
  const rank = n.rank(0);
  if (rank !== 3 && rank !== 4) n.fail(`attention of a query of rank ${rank}`);
  const [queryHeads, groups] = [n.attr.int('q_num_heads', 0), n.attr.int('kv_num_heads', 0)];
  if (rank === 3 && (queryHeads < 1 || groups < 1))
    n.fail('q_num_heads and kv_num_heads are needed with inputs of rank 3');
  const heads = (x: string, count: number): string => (rank === 3 ? headsFirst(n, x, count) : x);
  const query = heads(n.input(0), queryHeads);
  const key = withPast(n, n.optional(4), heads(n.input(1), groups));
  const value = withPast(n, n.optional(5), heads(n.input(2), groups));
  const { dtype = 'float32' } = n.facts(0);
  const { bias, mayMaskAll } = biasOf(n, query, key);
  const scale = n.attr.has('scale') ? n.attr.float('scale', 1) : undefined;
  const softcap = n.attr.float('softcap', 0);
  const attended = attend(n, { query, key, value, scale, softcap, bias, mayMaskAll, dtype });
  const step = STEPS[n.attr.int('qk_matmul_output_mode', 0)] ?? n.fail('qk_matmul_output_mode is none of 0 to 3');
  const results = [rank === 3 ? headsLast(n, attended.y) : attended.y, key, value, attended[step]];
  return results.slice(0, 1 + Math.max(...[0, 1, 2, 3].filter((i) => i === 0 || n.wants(i))));
}

function withPast(n: OnnxNode, past: string, x: string): string {
  return past === '' ? x : n.one('Concat', [past, x], { axis: 2 });
}

/** The sum of the masks, −∞ where a query may not look; and whether a whole row may be. */
function biasOf(n: OnnxNode, query: string, key: string): { bias: string; mayMaskAll: boolean } {
  const { dtype = 'float32' } = n.facts(0);
  const extent = (x: string): string => reorder(n, n.one('Shape', [x], {}), [2]);
  const [rows, keys] = [extent(query), extent(key)];
  const counts = n.optional(6);
  const count = counts === '' ? '' : n.one('Unsqueeze', [counts], { axes: [1, 2, 3] });
  const conditions = [
    ...(count === '' ? [] : [n.binary('less', countTo(n, keys), count)]),
    ...(n.attr.flag('is_causal', false) ? [causal(n, rows, keys, offsetOf(n, rows, count))] : []),
  ];
  const given = n.optional(3);
  const biases = [
    ...(given === '' ? [] : [longMask(n, given, keys)]),
    ...(conditions.length === 0
      ? []
      : [
          maskOf(
            n,
            conditions.reduce((a, b) => n.binary('and', a, b)),
            dtype,
          ),
        ]),
  ];
  const bias = biases.length === 0 ? '' : biases.reduce((a, b) => n.binary('add', a, b));
  return { bias, mayMaskAll: given !== '' || count !== '' };
}

/** How many keys come before the first row. */
function offsetOf(n: OnnxNode, rows: string, count: string): string {
  const past = n.optional(4);
  if (past !== '') return reorder(n, n.one('Shape', [past], {}), [2]);
  return count === '' ? n.ints([0]) : n.binary('sub', count, rows);
}

/** The mask as what is added, and of keys behind its last, −∞. */
function longMask(n: OnnxNode, mask: string, keys: string): string {
  const rank = n.rank(3);
  if (rank < 1) n.fail('a mask of rank 0');
  const { dtype: type = n.unknown(3, 'element type') } = n.facts(3);
  const { dtype = 'float32' } = n.facts(0);
  const added = type === 'bool' ? maskOf(n, mask, dtype) : mask;
  const lack = n.binary('sub', keys, reorder(n, n.one('Shape', [mask], {}), [rank - 1]));
  // A mask of more keys than there are does not fit, and is not cut.
  const behind = n.binary('max', lack, n.ints([0]));
  const pads = n.one('Concat', [n.ints(Array.from({ length: 2 * rank - 1 }, () => 0)), behind], { axis: 0 });
  return n.one('Pad', [added, pads, n.scalar(dtype, -Infinity)], { mode: 'constant' });
}
