/**
 * A block of a vision transformer in three forms: of ONNX's plain operators, of those of opset 23, and of onnxruntime's fused
 * ones. All give what onnxruntime makes of the plain form, on both backends.
 */
import { describe, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { encodeModel, type OnnxModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { node } from '../../helpers/onnx-models.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const agrees = openBoth();

/** Images, tokens, width, heads and hidden width, none a multiple of another but where it must be. */
const [IMAGES, TOKENS, WIDTH, HEADS, HIDDEN] = [2, 17, 12, 3, 20];

const random = randomSource(16);
const some = (shape: readonly number[], size: number): Tensor => randomTensor('float32', shape, random, -size, size);
const near = (value: number, count: number): Tensor =>
  tensorOf(
    'float32',
    [count],
    range(count).map(() => value + 0.2 * (random() - 0.5)),
  );
const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);

const CONSTANTS: Readonly<Record<string, Tensor>> = {
  scale1: near(1, WIDTH),
  bias1: near(0, WIDTH),
  scale2: near(1, WIDTH),
  bias2: near(0, WIDTH),
  w_qkv: some([WIDTH, 3 * WIDTH], 0.5),
  b_qkv: some([3 * WIDTH], 0.2),
  w_out: some([WIDTH, WIDTH], 0.5),
  b_out: some([WIDTH], 0.2),
  w_up: some([WIDTH, HIDDEN], 0.5),
  b_up: some([HIDDEN], 0.2),
  w_down: some([HIDDEN, WIDTH], 0.5),
  b_down: some([WIDTH], 0.2),
  apart: ints(IMAGES, TOKENS, 3, HEADS, WIDTH / HEADS),
  together: ints(IMAGES, TOKENS, WIDTH),
  first: tensorOf('int64', [], [0]),
  second: tensorOf('int64', [], [1]),
  third: tensorOf('int64', [], [2]),
  shrink: tensorOf('float32', [], [Math.sqrt(HEADS / WIDTH)]),
  root2: tensorOf('float32', [], [Math.SQRT2]),
  one: tensorOf('float32', [], [1]),
  half: tensorOf('float32', [], [0.5]),
};

const norm = (x: string, y: string, k: number): OnnxNode => node('LayerNormalization', `${x} scale${k} bias${k}`, y);
const own = (n: OnnxNode): OnnxNode => ({ ...n, domain: 'com.microsoft' });
const heads = { i: HEADS };

const projected = [norm('x', 'n1', 1), node('MatMul', 'n1 w_qkv', 'qkv0'), node('Add', 'qkv0 b_qkv', 'qkv')];
const out = [node('MatMul', 'a w_out', 'o0'), node('Add', 'o0 b_out', 'o')];
const down = [node('MatMul', 'g w_down', 'd0'), node('Add', 'd0 b_down', 'd'), node('Add', 'h d', 'y')];

/** As PyTorch exports timm's blocks. */
const plain = [
  ...projected,
  node('Reshape', 'qkv apart', 'qkv5'),
  node('Transpose', 'qkv5', 'qkv3', { perm: { ints: [2, 0, 3, 1, 4] } }),
  node('Gather', 'qkv3 first', 'q', { axis: { i: 0 } }),
  node('Gather', 'qkv3 second', 'k', { axis: { i: 0 } }),
  node('Gather', 'qkv3 third', 'v', { axis: { i: 0 } }),
  node('Transpose', 'k', 'kt', { perm: { ints: [0, 1, 3, 2] } }),
  node('MatMul', 'q kt', 's0'),
  node('Mul', 's0 shrink', 's'),
  node('Softmax', 's', 'p', { axis: { i: -1 } }),
  node('MatMul', 'p v', 'a0'),
  node('Transpose', 'a0', 'a1', { perm: { ints: [0, 2, 1, 3] } }),
  node('Reshape', 'a1 together', 'a'),
  ...out,
  node('Add', 'x o', 'h'),
  norm('h', 'n2', 2),
  node('MatMul', 'n2 w_up', 'u0'),
  node('Add', 'u0 b_up', 'u'),
  node('Div', 'u root2', 'u1'),
  node('Erf', 'u1', 'u2'),
  node('Add', 'u2 one', 'u3'),
  node('Mul', 'u u3', 'u4'),
  node('Mul', 'u4 half', 'g'),
  ...down,
];

const later = [
  ...projected,
  node('Split', 'qkv', 'q k v', { axis: { i: -1 }, num_outputs: { i: 3 } }),
  node('Attention', 'q k v', 'a', { q_num_heads: heads, kv_num_heads: heads }),
  ...out,
  node('Add', 'x o', 'h'),
  norm('h', 'n2', 2),
  node('MatMul', 'n2 w_up', 'u0'),
  node('Add', 'u0 b_up', 'u'),
  node('Gelu', 'u', 'g'),
  ...down,
];

const fused = (attention: readonly OnnxNode[]): OnnxNode[] => [
  ...attention,
  node('MatMul', 'a w_out', 'o0'),
  own(node('SkipLayerNormalization', 'x o0 scale2 bias2 b_out', 'n2   h', { epsilon: { f: 1e-5 } })),
  own(node('FusedMatMul', 'n2 w_up', 'u0')),
  own(node('BiasGelu', 'u0 b_up', 'g')),
  ...down,
];

const FORMS: Readonly<Record<string, readonly OnnxNode[]>> = {
  plain,
  'of opset 23': later,
  'of onnxruntime, attention that projects': fused([
    norm('x', 'n1', 1),
    own(node('Attention', 'n1 w_qkv b_qkv', 'a', { num_heads: heads })),
  ]),
  'of onnxruntime, attention of projections': fused([
    norm('x', 'n1', 1),
    node('MatMul', 'n1 w_qkv', 'qkv0'),
    node('Split', 'qkv0', 'q k v', { axis: { i: -1 }, num_outputs: { i: 3 } }),
    own(node('MultiHeadAttention', 'q k v b_qkv', 'a', { num_heads: heads })),
  ]),
};

function modelOf(nodes: readonly OnnxNode[]): OnnxModel {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return {
    opset: { '': 23, 'com.microsoft': 1 },
    irVersion: 12,
    inputs: [{ name: 'x', dtype: 'float32', shape: [IMAGES, TOKENS, WIDTH] }],
    outputs: ['y'],
    nodes,
    initializers: Object.entries(CONSTANTS).filter(([name]) => used.has(name)),
  };
}

describe('a transformer block', () => {
  it.each(Object.keys(FORMS))('%s', async (name) => {
    const x = some([IMAGES, TOKENS, WIDTH], 2);
    const expected = await ortRun(encodeModel(modelOf(plain)), new Map([['x', x]]));
    await agrees(modelOf(FORMS[name] ?? []), { x }, { terms: 256, plain: Object.fromEntries(expected) });
  });
});
