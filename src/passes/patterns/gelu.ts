/** Recognises the two spellings of GELU (arXiv:1606.08415): with erf, and its tanh approximation. */
import type { Graph } from '../../ir/graph.ts';
import type { ActivationKind, Node } from '../../ir/ops.ts';
import { rewriteToFixpoint, type Rewriter } from '../lib/rewriter.ts';
import { about, affineOf, polynomialOf, productOf } from './expressions.ts';

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** Rewrites x·(1 + erf(x/√2))/2 to Activation gelu, and x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2 to geluTanh. */
export function recogniseGelu(graph: Graph): Graph {
  return rewriteToFixpoint(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  const product = node.op === 'Binary' ? productOf(node, rewriter) : undefined;
  if (product?.factors.length !== 2) return undefined;
  const [a = '', b = ''] = product.factors;
  for (const [x, other] of [
    [a, b],
    [b, a],
  ] as const) {
    // product.scale·(scale·f + offset) must be (1 + f)/2.
    const { source, scale, offset } = affineOf(other, rewriter);
    if (!about(product.scale * scale, 0.5) || !about(product.scale * offset, 0.5)) continue;
    const kind = kindOf(source, x, rewriter);
    if (kind) return rewriter.add('Activation', [x], { activation: { kind, alpha: 0, beta: 0 } }, node);
  }
  return undefined;
}

/** Which GELU a function of x belongs to. */
function kindOf(value: string, x: string, rewriter: Rewriter): ActivationKind | undefined {
  const node = rewriter.producer(value);
  const argument = node && polynomialOf(node.inputs[0] ?? '', x, rewriter);
  if (!argument) return undefined;
  if (node.op === 'Unary' && node.attributes.kind === 'erf') {
    return isPolynomial(argument, [0, Math.SQRT1_2]) ? 'gelu' : undefined;
  }
  if (node.op === 'Activation' && node.attributes.activation.kind === 'tanh') {
    return isPolynomial(argument, [0, SQRT_2_OVER_PI, 0, SQRT_2_OVER_PI * CUBIC]) ? 'geluTanh' : undefined;
  }
  return undefined;
}

function isPolynomial(actual: readonly number[], expected: readonly number[]): boolean {
  return actual.length === expected.length && expected.every((c, i) => about(c, actual[i] ?? NaN));
}
