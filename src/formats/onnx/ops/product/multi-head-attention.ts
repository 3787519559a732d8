/** Attention as onnxruntime has it beside ONNX's: of projections that are given, or that it computes itself. */
import { isFloat, type DType } from '../../../../core/dtype.ts';
import { attend, causal, headsFirst, headsLast, maskOf, shaped } from '../../../lib/attention.ts';
import { countTo, reorder } from '../../../lib/composites.ts';
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import type { OnnxNode } from '../../node.ts';
import { realProduct } from '../quantise/dynamic.ts';

/** Masked products are lowered by so much, where the node does not say how much. */
const MASKED = -10000;

/** `[B, heads, rows, E]` each. */
interface Projections {
  readonly query: string;
  readonly key: string;
  readonly value: string;
}

/** Which inputs hold what masks. */
interface MaskInputs {
  readonly padding: number;
  readonly bias: number;
}

/** How many images, keys and rows there are, and how many keys come before the first row: lists of one. */
interface Among {
  readonly batch: string;
  readonly keys: string;
  readonly rows: string;
  readonly offset: string;
}

/** Query, key, value, bias of all three, a mask of keys, a bias of products, keys and values of the past. */
export function microsoftMultiHeadAttention(n: OnnxNode): string[] {
  const heads = headsOf(n);
  const given = projectionsOf(n, heads);
  const [pastKey, pastValue] = [n.optional(6), n.optional(7)];
  const key = pastKey === '' ? given.key : n.one('Concat', [pastKey, given.key], { axis: 2 });
  const value = pastValue === '' ? given.value : n.one('Concat', [pastValue, given.value], { axis: 2 });
  const y = attended(n, { query: given.query, key, value }, given.key, { padding: 4, bias: 5 });
  if (n.wants(2)) return [y, key, value];
  return n.wants(1) ? [y, key] : [y];
}

/** Input, weights and bias of the projections, a mask of keys, keys and values of the past, a bias of products. */
export function microsoftAttention(n: OnnxNode): string[] {
  const bias = n.optional(2);
  const operands = [n.input(0), n.input(1), ...(bias === '' ? [] : [bias])];
  const all = n.one('MatMul', operands, { transA: false, transB: false, activation: NO_ACTIVATION });
  return ofProjected(n, all, { padding: 3, past: 4, bias: 5 });
}

/** The same of integers: input, weights, bias, both scales, a mask of keys, both zero points, keys and values of the past. */
export function qAttention(n: OnnxNode): string[] {
  const all = realProduct(n, { operands: [0, 1], scales: [3, 4], zeroPoints: [6, 7], bias: 2 });
  // Where there is no such input.
  return ofProjected(n, all, { padding: 5, past: 8, bias: 9 });
}

/** Of all three projections side by side. */
function ofProjected(n: OnnxNode, all: string, at: MaskInputs & { readonly past: number }): string[] {
  n.attr.only('do_rotary', 0);
  n.attr.only('past_present_share_buffer', 0);
  const heads = headsOf(n);
  const sizes = n.attr.ints('qkv_hidden_sizes') ?? [];
  if (sizes.length !== 0 && sizes.length !== 3) n.fail(`${sizes.length} qkv_hidden_sizes`);
  const [query = '', key = '', value = ''] = n
    .many('Split', [all], { axis: -1, sizes }, 3)
    .map((x) => headsFirst(n, x, heads));
  const past = n.optional(at.past);
  const before = (index: number): string => n.one('Gather', [past, n.scalar('int64', index)], { axis: 0 });
  const [keys, values] = [key, value].map((x, i) => (past === '' ? x : n.one('Concat', [before(i), x], { axis: 2 })));
  const of = { query, key: keys ?? key, value: values ?? value };
  const y = attended(n, of, key, at);
  if (!n.wants(1)) return [y];
  const both = [of.key, of.value].map((x) => n.one('Unsqueeze', [x], { axes: [0] }));
  return [y, n.one('Concat', both, { axis: 0 })];
}

function headsOf(n: OnnxNode): number {
  const heads = n.attr.int('num_heads', 0);
  return heads > 0 ? heads : n.fail(`num_heads = ${heads}`);
}

/** In one tensor with their heads, in two, or in three; keys and values of a cross attention may have their heads apart. */
function projectionsOf(n: OnnxNode, heads: number): Projections {
  const [query, key, value, bias] = [n.input(0), n.optional(1), n.optional(2), n.optional(3)];
  if (n.rank(0) === 5) {
    if (key !== '' || value !== '' || bias !== '') n.refuse('a packed query with keys, values or a bias');
    const [q = '', k = '', v = ''] = unpacked(n, query, 3);
    return { query: q, key: k, value: v };
  }
  if (n.rank(0) !== 3) n.fail(`attention of a query of rank ${n.rank(0)}`);
  if (key === '') return n.refuse('a query without keys');
  if (n.rank(1) === 5) {
    if (bias !== '') n.refuse('packed keys and values with a bias');
    const [k = '', v = ''] = unpacked(n, key, 2);
    return { query: headsFirst(n, query, heads), key: k, value: v };
  }
  if (value === '') return n.refuse('keys without values');
  if (n.rank(1) === 4) {
    return { query: headsFirst(n, biasedQuery(n, query, bias), heads), key, value };
  }
  const [q = '', k = '', v = ''] = biased(n, [query, key, value], bias).map((x) => headsFirst(n, x, heads));
  return { query: q, key: k, value: v };
}

/** `[B, S, heads, count, E]` → so many `[B, heads, S, E]`. */
function unpacked(n: OnnxNode, x: string, count: number): string[] {
  const parts = n.many('Split', [x], { axis: 3, sizes: [] }, count);
  return parts.map((part) => {
    return n.one('Transpose', [n.one('Squeeze', [part], { axes: [3] })], { perm: [0, 2, 1, 3] });
  });
}

/** A list has the biases of all three, one after another. */
function biased(n: OnnxNode, projections: readonly string[], bias: string): readonly string[] {
  if (bias === '') return projections;
  const widths = projections.map((x) => reorder(n, n.one('Shape', [x], {}), [2]));
  const sizes = n.one('Concat', widths, { axis: 0 });
  const parts = n.many('Split', [bias, sizes], { axis: 0, sizes: [] }, 3);
  return projections.map((x, i) => n.binary('add', x, parts[i] ?? ''));
}

/** Keys and values that have their heads already have their biases, too. */
function biasedQuery(n: OnnxNode, query: string, bias: string): string {
  if (bias === '') return query;
  const width = reorder(n, n.one('Shape', [query], {}), [2]);
  return n.binary('add', query, shaped(n, n.one('Slice', [bias, n.ints([0]), width], {}), [width]));
}

/** `[B, rows, heads·F]`; `fresh` are the keys without those of the past. */
function attended(
  n: OnnxNode,
  { query, key, value }: Projections,
  fresh: string,
  { padding, bias }: MaskInputs,
): string {
  const dtype = floatOf(n);
  const extent = (x: string, axis: number): string => reorder(n, n.one('Shape', [x], {}), [axis]);
  const [rows, keys] = [extent(query, 2), extent(key, 2)];
  const filter = n.attr.float('mask_filter_value', MASKED);
  const unidirectional = n.attr.flag('unidirectional', false);
  const offset = n.binary('sub', keys, extent(fresh, 2));
  const added = n.optional(bias);
  const biases = [
    ...(added === '' ? [] : [added]),
    ...(n.optional(padding) === ''
      ? []
      : [maskOf(n, present(n, padding, { batch: extent(query, 0), keys, rows, offset }), dtype, filter)]),
    ...(unidirectional ? [maskOf(n, causal(n, rows, keys, offset), dtype)] : []),
  ];
  const scale = n.attr.float('scale', 0);
  const { y } = attend(n, {
    query,
    key,
    value,
    scale: scale === 0 ? undefined : scale,
    bias: biases.length === 0 ? '' : biases.reduce((a, b) => n.binary('add', a, b)),
    mayMaskAll: false,
    dtype,
  });
  return headsLast(n, y);
}

/** Where keys are: how many of each image, or a number for each that is not 0, of all rows or each. */
function present(n: OnnxNode, index: number, among: Among): string {
  const mask = n.input(index);
  const { batch, keys } = among;
  const one = n.ints([1]);
  switch (n.rank(index)) {
    case 1:
      return counted(n, mask, among);
    case 2:
      return n.binary('greater', shaped(n, mask, [batch, one, one, keys]), zeroLike(n, index));
    case 3:
      return n.binary('greater', n.one('Unsqueeze', [mask], { axes: [1] }), zeroLike(n, index));
    case 4:
      return n.binary('greater', ofSteps(n, mask, among), zeroLike(n, index));
    default:
      return n.refuse(`a mask of rank ${n.rank(index)}`);
  }
}

/**
 * `[B]`: how many keys each image has; `[2·B]`: behind these, at which key it begins; `[3·B + 2]`: behind these, sums of the
 * same, which say nothing more. Another number of them is an error, since there is no such shape.
 */
function counted(n: OnnxNode, mask: string, { batch, keys }: Among): string {
  const one = n.ints([1]);
  const length = n.one('Shape', [mask], {});
  const twice = n.binary('mul', batch, n.ints([2]));
  const hasStarts = n.binary('equal', length, twice);
  const forms = [
    n.binary('equal', length, batch),
    hasStarts,
    n.binary('equal', length, n.binary('add', n.binary('add', twice, batch), n.ints([2]))),
  ];
  const isForm = forms.reduce((a, b) => n.binary('or', a, b));
  const checked = shaped(n, mask, [n.one('Where', [isForm, length, n.binary('add', length, one)], {})]);
  const long = n.one('Cast', [checked], { to: 'int64' });
  const perImage = (list: string): string => shaped(n, list, [batch, one, one, one]);
  const padded = n.one('Pad', [long, n.one('Concat', [n.ints([0]), batch], { axis: 0 }), n.scalar('int64', 0)], {
    mode: 'constant',
  });
  const ends = n.one('Slice', [long, n.ints([0]), batch], {});
  const starts = n.one('Where', [hasStarts, n.one('Slice', [padded, batch, twice], {}), n.ints([0])], {});
  const places = countTo(n, keys);
  const isBefore = n.binary('less', places, perImage(ends));
  return n.binary('and', isBefore, n.binary('greaterOrEqual', places, perImage(starts)));
}

/** Of a mask for all rows that there may ever be, `[B, 1, most, most]`, those of this run. */
function ofSteps(n: OnnxNode, mask: string, { batch, keys, rows, offset }: Among): string {
  const one = n.ints([1]);
  const corner = n.one('Concat', [offset, n.ints([0])], { axis: 0 });
  const ends = n.one('Concat', [n.binary('add', offset, rows), keys], { axis: 0 });
  const part = n.one('Slice', [mask, corner, ends, n.ints([2, 3])], {});
  return shaped(n, part, [batch, one, rows, keys]);
}

/** The type that is computed in: float32 of integers. */
function floatOf(n: OnnxNode): DType {
  const { dtype = 'float32' } = n.facts(0);
  return isFloat(dtype) ? dtype : 'float32';
}

function zeroLike(n: OnnxNode, index: number): string {
  return n.scalar(n.facts(index).dtype ?? 'int32', 0);
}
