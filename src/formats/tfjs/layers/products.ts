/** Layers that multiply values with each other: dot products of batches, attention. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { field } from '../json.ts';
import type { LayerContext, LayerTranslation } from './context.ts';
import { refuseMask } from './masks.ts';
import { normalised } from './norms.ts';

const matMul = (c: LayerContext, a: string, b: string, transB: boolean, bias: readonly string[] = []): string =>
  c.one('MatMul', [a, b, ...bias], { transA: false, transB, activation: NO_ACTIVATION });

/** A value as a batch of matrices whose rows are summed over: `axis` is that of the sum. */
function rows(c: LayerContext, x: string, rank: number, axis: number): string {
  if (rank === 2) return c.one('Unsqueeze', [x], { axes: [1] });
  return axis === 2 ? x : c.one('Transpose', [x], { perm: [0, 2, 1] });
}

/** Products over an axis of each of two values, image by image. */
export const dot: LayerTranslation = (c) => {
  const [a = '', b = ''] = c.operands;
  const [rankA = 0, rankB = 0] = c.ranks;
  if (c.operands.length !== 2) c.fail(`${c.operands.length} values, not 2`);
  if ([rankA, rankB].some((rank) => rank < 2 || rank > 3)) c.refuse(`values of rank ${rankA} and ${rankB}`);
  const given = Array.isArray(field(c.config, 'axes')) ? c.list('axes') : [c.int('axes', -1), c.int('axes', -1)];
  const axes = [rankA, rankB].map((rank, i) => ((given[i] ?? -1) + rank) % rank);
  const [axisA = 0, axisB = 0] = axes;
  if (axisA === 0 || axisB === 0) c.refuse(`axes [${given.join(', ')}]`);
  const unit = (x: string, axis: number): string => (c.bool('normalize', false) ? normalised(c, x, [axis], 1e-7) : x);
  const y = matMul(c, rows(c, unit(a, axisA), rankA, axisA), rows(c, unit(b, axisB), rankB, axisB), true);
  // A single row stood for a vector: its axis goes, but one remains beside the batch.
  if (rankA === 2) return c.one('Squeeze', [y], { axes: [1] });
  return rankB === 2 ? c.one('Squeeze', [y], { axes: [2] }) : y;
};

/** Softmax(query · keyᵀ · factor) · value over the last two axes. */
function attend(c: LayerContext, query: string, key: string, value: string): string {
  const weights = c.one('Softmax', [matMul(c, query, key, true)], { axes: [-1], log: false });
  return matMul(c, weights, value, false);
}

/** Query, value and key of an attention; where there is no key it is the value. */
function queryValueKey(c: LayerContext): [string, string, string] {
  refuseMask(c);
  const [query = '', value = '', key = value, ...more] = c.operands;
  if (value === '' || more.length > 0) c.fail(`${c.operands.length} values, not 2 or 3`);
  return [query, value, key];
}

export const attention: LayerTranslation = (c) => {
  const [query, value, key] = queryValueKey(c);
  const mode = c.string('score_mode', 'dot');
  if (mode !== 'dot') c.refuse(`score_mode ${mode}`);
  if (c.bool('causal', false)) c.refuse('causal');
  const scaled = c.bool('use_scale', false) ? c.binary('mul', query, c.weight('scale')) : query;
  return attend(c, scaled, key, value);
};

/** Attention in several heads, each of which sees its own projections (Vaswani et al., arXiv:1706.03762). */
export const multiHeadAttention: LayerTranslation = (c) => {
  const [query, value, key] = queryValueKey(c);
  const axes = field(c.config, 'attention_axes');
  const usual = axes === null || axes === undefined || (Array.isArray(axes) && axes.length === 1 && axes[0] === 1);
  if (c.rank !== 3 || !usual) c.refuse(`attention over other axes than one of three`);
  const bias = c.bool('use_bias', true);
  // [N, T, D] → [N, heads, T, K]
  const project = (name: string, x: string): string => {
    const { shape } = c.weightTensor(`${name}/kernel`);
    const [width = 0, heads = 0, size = 0] = shape;
    const kernel = c.reshape(c.weight(`${name}/kernel`), [width, heads * size]);
    const biases = bias ? [c.reshape(c.weight(`${name}/bias`), [heads * size])] : [];
    const y = c.reshape(matMul(c, x, kernel, false, biases), [0, 0, heads, size]);
    return c.one('Transpose', [y], { perm: [0, 2, 1, 3] });
  };
  const factor = c.scalar('float32', 1 / Math.sqrt(c.int('key_dim', 1)));
  const heads = attend(
    c,
    c.binary('mul', project('query', query), factor),
    project('key', key),
    project('value', value),
  );
  const joined = c.reshape(c.one('Transpose', [heads], { perm: [0, 2, 1, 3] }), [0, 0, -1]);
  const output = c.weightTensor('attention_output/kernel').shape;
  if (output.length !== 3) c.refuse('an output_shape of several dimensions');
  const [count = 0, size = 0, width = 0] = output;
  const kernel = c.reshape(c.weight('attention_output/kernel'), [count * size, width]);
  return matMul(c, joined, kernel, false, bias ? [c.weight('attention_output/bias')] : []);
};
