/**
 * Stores constant weights of products in eight bits, with a scale for each output channel: those that are multiples of one
 * number already, as files with 8-bit weights have them, without loss; others where the caller wants that.
 */
import type { Tensor } from '../../core/tensor.ts';
import { tensorOf } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { isFloat } from '../../core/dtype.ts';
import { fillOf } from '../../core/lazy-tensor.ts';
import { at, product, range } from '../../util/arrays.ts';
import type { CompileOptions } from '../lib/compile-options.ts';
import { rewrite, type Rewriter } from '../lib/rewriter.ts';

/** Weights in eight bits: real weights are q·scale, by output channel. */
interface Bytes {
  readonly q: Tensor;
  readonly scale: Tensor;
}

type Product = NodeOf<'Conv'> | NodeOf<'MatMul'> | NodeOf<'Gemm'>;

/** Fewer bytes are not worth another kernel. */
const LEAST_SAVED = 512;

/**
 * Gives Conv, MatMul and Gemm (which becomes a MatMul) int8 weights and a `weightScale` where that is exact: every channel
 * has weights k·s with whole k in [−128, 127], up to the rounding of float32. With `weightStorage: 'int8'` all other constant
 * weights follow, rounded to the nearest of 127·2 + 1 steps: |w − ŵ| ≤ max|w of the channel| / 254. What saves fewer than
 * 512 bytes stays, and what is not finite.
 */
export function storeWeights(graph: Graph, { weightStorage }: CompileOptions): Graph {
  const known = new Map<string, readonly string[] | undefined>();
  return rewrite(graph, (node, rewriter) => {
    if (!isProduct(node, rewriter)) return undefined;
    const place = placeOf(node, rewriter);
    if (!place) return undefined;
    const key = JSON.stringify([place.name, place.inner]);
    if (!known.has(key)) known.set(key, addBytes(place, rewriter, weightStorage === 'int8'));
    const operands = known.get(key);
    return operands && withBytes(node, operands, rewriter);
  });
}

/** The constant weights of a product, and how many neighbours in memory belong to one output channel. */
interface Place {
  readonly name: string;
  readonly weights: Tensor;
  readonly channels: number;
  readonly inner: number;
}

function placeOf(node: Product, rewriter: Rewriter): Place | undefined {
  const name = at(node.inputs, 1);
  const weights = rewriter.constant(name);
  if (!weights || !isFloat(weights.dtype) || fillOf(weights)) return undefined;
  const transposed = 'transB' in node.attributes && node.attributes.transB;
  const channels = at(weights.shape, weights.shape.length - (transposed ? 2 : 1));
  return { name, weights, channels, inner: transposed ? at(weights.shape, 1) : 1 };
}

/** True for a convolution, and a product with one matrix, to which a Gemm may add a vector along the columns. */
function isProduct(node: Node, rewriter: Rewriter): node is Product {
  if (node.op === 'Conv') return true;
  if (node.op !== 'MatMul' && node.op !== 'Gemm') return false;
  const { shape } = rewriter.desc(at(node.inputs, 1));
  if (shape.length !== 2) return false;
  if (node.op === 'MatMul') return true;
  const { alpha, beta, transB } = node.attributes;
  const c = node.inputs[2] ? rewriter.desc(node.inputs[2]).shape : undefined;
  return alpha === 1 && (!c || (beta === 1 && c.length === 1 && c[0] === shape[transB ? 0 : 1]));
}

function addBytes(place: Place, rewriter: Rewriter, lossy: boolean): readonly string[] | undefined {
  const { name, weights, channels } = place;
  const count = product(weights.shape);
  if (3 * count - 4 * channels < LEAST_SAVED) return undefined;
  const bytes = exact(place) ?? (lossy ? rounded(place) : undefined);
  return bytes && [rewriter.addConstant(`${name}_int8`, bytes.q), rewriter.addConstant(`${name}_scale`, bytes.scale)];
}

function withBytes(node: Product, [q = '', scale = '']: readonly string[], rewriter: Rewriter): readonly string[] {
  const [x = '', , bias = '', residual = '', gate = ''] = node.inputs;
  if (node.op === 'Conv') return rewriter.add('Conv', [x, q, bias, residual, gate, scale], node.attributes, node);
  const { transA, transB, activation } = node.attributes;
  return rewriter.add('MatMul', [x, q, bias, scale], { transA, transB, activation }, node);
}

/** The nearest of the steps from −127 to 127, each 1/127 of the largest weight of its channel. */
function rounded(place: Place): Bytes | undefined {
  const largest = largestOf(place);
  const steps = largest.map((max) => max / 127);
  return largest.every((max, i) => max === 0 || isScale(at(steps, i))) ? inSteps(place, steps) : undefined;
}

/** The steps that all weights of a channel are whole multiples of; nothing where one has none. */
function exact(place: Place): Bytes | undefined {
  const largest = largestOf(place);
  const steps = new Float64Array(place.channels);
  for (let channel = 0; channel < place.channels; channel++) {
    const step = stepOf(place, channel, at(largest, channel));
    if (step === undefined) return undefined;
    steps[channel] = step;
  }
  return inSteps(place, steps);
}

/** Finite, and not so small that a GPU may take it for zero. */
function isScale(step: number): boolean {
  return step >= 2 ** -126 && step < Infinity;
}

/** Twice what a product of float32 factors rounds by, and the factor of a normalisation that was folded into it. */
const ROUNDING = 2 ** -21;

function stepOf({ weights, channels, inner }: Place, channel: number, largest: number): number | undefined {
  if (largest === 0) return 0;
  const { data } = weights;
  const first = channel * inner;
  const stride = inner === 1 ? channels : 1;
  const end = inner === 1 ? data.length : first + inner;
  const isMultiple = (step: number): boolean => {
    for (let i = first; i < end; i += stride) {
      const k = (data[i] ?? 0) / step;
      const whole = Math.round(k);
      if (Math.abs(k - whole) > Math.abs(k) * ROUNDING || whole > 127) return false;
    }
    return true;
  };
  // A normalisation may have turned the sign of −128.
  for (const k of [...range(128).map((i) => i + 1), -128]) {
    const step = largest / k;
    if (isScale(Math.abs(step)) && isMultiple(step)) return step;
  }
  return undefined;
}

/** The largest magnitude of each channel. */
function largestOf({ weights, channels, inner }: Place): Float64Array {
  const largest = new Float64Array(channels);
  let channel = 0;
  let left = inner;
  for (const w of weights.data) {
    // NaN stays.
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(w));
    if (--left === 0) {
      left = inner;
      if (++channel === channels) channel = 0;
    }
  }
  return largest;
}

function inSteps({ weights, channels, inner }: Place, steps: Float64Array): Bytes {
  const { data, shape } = weights;
  const q = new Int8Array(data.length);
  const scale = tensorOf('float32', [channels], steps);
  for (let i = 0; i < q.length; i++) {
    const step = scale.data[Math.floor(i / inner) % channels] ?? 0;
    q[i] = step === 0 ? 0 : Math.max(-128, Math.min(127, Math.round((data[i] ?? 0) / step)));
  }
  return { q: { dtype: 'int8', shape, data: q }, scale };
}
