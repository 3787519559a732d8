/** Brings a graph to the form that is quantised: what integer products need lies at the product, all else is a node of its own. */
import { tensor, type Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import { NO_ACTIVATION, type Activation, type Node, type NodeOf } from '../../ir/ops.ts';
import { loadOps } from '../../ops/registry.ts';
import { rewriteToFixpoint, type Rewriter } from '../../passes/lib/rewriter.ts';
import { at } from '../../util/arrays.ts';

/**
 * Activations are nodes of their own, a matrix product with a bias is a Gemm with a vector for it and without factors where it
 * is of two dimensions, and else followed by an addition. `graph` is one of level `folded`. Rejects with LoadError.
 */
export async function prepareGraph(graph: Graph): Promise<Graph> {
  await loadOps(['Gemm', 'MatMul', 'Activation', 'Binary']);
  return rewriteToFixpoint(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  const split = splitActivation(node, rewriter);
  if (split) return split;
  switch (node.op) {
    case 'MatMul':
      return plainProduct(node, rewriter);
    case 'Gemm':
      return plainGemm(node, rewriter);
    case 'Binary':
      return biasOf(node, rewriter);
    default:
      return undefined;
  }
}

function splitActivation(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  const { attributes, op } = node;
  if (op === 'Activation' || !('activation' in attributes)) return undefined;
  const activation: Activation = attributes.activation;
  if (activation.kind === 'none') return undefined;
  const output = at(node.outputs, 0);
  const [plain = ''] = rewriter.add(
    op,
    node.inputs,
    { ...attributes, activation: NO_ACTIVATION },
    { name: node.name, outputs: [rewriter.unique(`${output}_linear`)] },
  );
  const names = { name: rewriter.unique(`${node.name}_${activation.kind}`), outputs: [output] };
  return rewriter.add('Activation', [plain], { activation }, names);
}

/** A product of a matrix and constants with a bias is a Gemm; the bias of any other is added behind it. */
function plainProduct(node: NodeOf<'MatMul'>, rewriter: Rewriter): readonly string[] | undefined {
  const [a = '', b = '', bias = ''] = node.inputs;
  if (bias === '') return undefined;
  const { transA, transB, activation } = node.attributes;
  if (isMatrixProduct(a, b, rewriter)) {
    return rewriter.add('Gemm', [a, b, bias], { alpha: 1, beta: 1, transA, transB, activation }, node);
  }
  const names = { name: node.name, outputs: [rewriter.unique(`${at(node.outputs, 0)}_product`)] };
  const [y = ''] = rewriter.add('MatMul', [a, b], node.attributes, names);
  const sum = { name: rewriter.unique(`${node.name}_bias`), outputs: node.outputs };
  return rewriter.add('Binary', [y, bias], { kind: 'add', activation }, sum);
}

function isMatrixProduct(a: string, b: string, rewriter: Rewriter): boolean {
  return rewriter.desc(a).shape.length === 2 && rewriter.constant(b)?.shape.length === 2;
}

/** A constant vector that is added to a matrix product, as its bias. */
function biasOf(node: NodeOf<'Binary'>, rewriter: Rewriter): readonly string[] | undefined {
  if (node.attributes.kind !== 'add') return undefined;
  const [first = '', second = ''] = node.inputs;
  for (const [value, other] of [
    [first, second],
    [second, first],
  ] as const) {
    const bias = rewriter.constant(other);
    const before = rewriter.producer(value);
    if (!bias || !before || (before.op !== 'MatMul' && before.op !== 'Gemm') || before.inputs[2]) continue;
    const [a = '', b = ''] = before.inputs;
    if (!rewriter.isSole(value) || !isMatrixProduct(a, b, rewriter) || !isBias(bias, rewriter.desc(value).shape))
      continue;
    const { transA, transB, activation } = before.attributes;
    const alpha = 'alpha' in before.attributes ? before.attributes.alpha : 1;
    const names = { name: before.name, outputs: node.outputs };
    return rewriter.add('Gemm', [a, b, other], { alpha, beta: 1, transA, transB, activation }, names);
  }
  return undefined;
}

/** True of what an addition spreads over the rows of a matrix. */
function isBias({ shape, data }: Tensor, [, columns = 0]: readonly number[]): boolean {
  return (
    shape.length <= 2 && shape.slice(0, -1).every((d) => d === 1) && (data.length === columns || data.length === 1)
  );
}

/** Factors are multiplied into constants, and the bias becomes a vector. */
function plainGemm(node: NodeOf<'Gemm'>, rewriter: Rewriter): readonly string[] | undefined {
  const { alpha, beta } = node.attributes;
  const [a = '', b = '', c = ''] = node.inputs;
  const weights = rewriter.constant(b);
  const bias = c === '' ? undefined : rewriter.constant(c);
  const [, columns = 0] = rewriter.desc(at(node.outputs, 0)).shape;
  const isVector = c === '' || (bias?.shape.length === 1 && bias.data.length === columns);
  if (!weights || (c !== '' && !bias) || (alpha === 1 && beta === 1 && isVector)) return undefined;
  if (bias && !isBias(bias, [0, columns])) return undefined;
  const scaled = alpha === 1 ? b : rewriter.addConstant(`${b}_scaled`, times(weights, alpha));
  const vector = bias ? rewriter.addConstant(`${c}_vector`, spread(times(bias, beta), columns)) : '';
  const names = { name: node.name, outputs: node.outputs };
  return rewriter.add('Gemm', [a, scaled, vector], { ...node.attributes, alpha: 1, beta: 1 }, names);
}

function times({ dtype, shape, data }: Tensor, factor: number): Tensor {
  return { dtype, shape, data: data.map((v) => v * factor) };
}

function spread({ dtype, data }: Tensor, columns: number): Tensor {
  if (data.length === columns) return tensor(dtype, [columns], data);
  return tensor(dtype, [columns], new Float32Array(columns).fill(at(data, 0)));
}
