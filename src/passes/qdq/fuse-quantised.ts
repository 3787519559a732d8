/**
 * DequantizeLinear → operator → QuantizeLinear, as quantisers write it, becomes an operator on integers.
 *
 * Looked at from each QuantizeLinear backwards: what is quantised there may be a product, a mean or a function of values that
 * are dequantised just before, behind clips, which become the range of the result, and behind movements, which move integers as
 * well. What has no such form stays as it is, between the two.
 */
import type { Graph } from '../../ir/graph.ts';
import type { Node, NodeOf, OpKind } from '../../ir/ops.ts';
import { nearestByte } from '../../ir/quantise/bytes.ts';
import { loadOps, loadReferences } from '../../ops/registry.ts';
import { at, range } from '../../util/arrays.ts';
import { rewrite } from '../lib/rewriter.ts';
import { IntegerFinder, wholeTarget, type Target } from './integers.ts';
import { quantisedProduct } from './products.ts';
import { ONE_BY_ONE, quantisedFunction } from './tables.ts';

/** Operators that the pass adds to graphs that had none of them. */
export const ADDED_OPS = [
  'LookupTable',
  'QLinearConv',
  'QLinearConvTranspose',
  'QLinearMatMul',
  'QLinearBinary',
  'QLinearPRelu',
  'QLinearReduce',
  'QLinearAveragePool',
  'QLinearSoftmax',
] as const satisfies readonly OpKind[];

/** To be awaited before: loads these operators, and what the pass evaluates. Gives the module, for `lazy`. */
export async function withOperators<T>(module: T): Promise<T> {
  await Promise.all([loadOps(ADDED_OPS), loadReferences(ONE_BY_ONE)]);
  return module;
}

/** The graph with operators on integers wherever what they compute is dequantised before and quantised after. */
export function fuseQuantised(graph: Graph): Graph {
  let fuser: Fuser | undefined;
  return rewrite(graph, (node, rewriter) => {
    if (node.op !== 'QuantizeLinear' || node.attributes.rounding !== 'float-even') return undefined;
    fuser ??= new Fuser(new IntegerFinder(rewriter));
    const scale = fuser.finder.scaleOf(node);
    const integers = scale && fuser.quantised(at(node.inputs, 0), wholeTarget(scale));
    return integers === undefined ? undefined : [integers];
  });
}

class Fuser {
  readonly finder: IntegerFinder;
  readonly #made = new Map<string, string | undefined>();

  constructor(finder: IntegerFinder) {
    this.finder = finder;
  }

  /** A value of real numbers as integers; undefined where it would have to be computed first. */
  quantised(value: string, target: Target): string | undefined {
    const name = this.finder.rewriter.resolve(value);
    const key = JSON.stringify([name, target]);
    if (!this.#made.has(key)) this.#made.set(key, this.#make(name, target));
    return this.#made.get(key);
  }

  #make(value: string, target: Target): string | undefined {
    const { rewriter } = this.finder;
    const table = quantisedFunction(value, target, this.finder);
    if (table !== undefined) return table;
    const node = rewriter.producer(value);
    // What something else reads as well is computed in real numbers anyway.
    if (!node || !rewriter.isSole(value)) return undefined;
    if (node.op === 'Activation') return this.#clipped(node, target);
    if (node.op === 'Concat' || node.op === 'Where') return this.#each(node, target);
    if (this.finder.moves(node)) {
      const before = this.quantised(at(node.inputs, 0), target);
      return before === undefined ? undefined : this.finder.moved(node, before, target, false);
    }
    return quantisedProduct(node, target, this.finder) ?? this.#ofOperands(node, target);
  }

  /** Between two bounds: the range of what is before. */
  #clipped({ inputs, attributes: { activation } }: NodeOf<'Activation'>, target: Target): string | undefined {
    const { kind, alpha, beta } = activation;
    if (kind !== 'relu' && kind !== 'clip') return undefined;
    const [low, high] = kind === 'relu' ? [0, Infinity] : [alpha, beta];
    const bound = (real: number): number =>
      Math.min(target.range[1], Math.max(target.range[0], nearestByte(target, real)));
    return this.quantised(at(inputs, 0), { ...target, range: [bound(low), bound(high)] });
  }

  /** Movements of several operands, all in the result's scale. */
  #each(node: NodeOf<'Concat'> | NodeOf<'Where'>, target: Target): string | undefined {
    const chosen = node.op === 'Where' ? node.inputs.slice(0, 1) : [];
    const parts = node.inputs.slice(chosen.length).map((input) => this.quantised(input, target));
    if (!parts.every((part) => part !== undefined)) return undefined;
    const { rewriter } = this.finder;
    if (node.op === 'Concat') return rewriter.one(node.op, parts, node.attributes);
    return rewriter.one(node.op, [...chosen, ...parts], node.attributes);
  }

  /** Functions of two operands, means and softmax. */
  #ofOperands(node: Node, target: Target): string | undefined {
    const { rewriter } = this.finder;
    const attributes = { rounding: 'float-even', range: target.range } as const;
    const [x, other] = node.inputs.map((input) => (input === '' ? undefined : this.finder.integersOf(input)));
    if (!x) return undefined;
    const one = (): string[] => [...this.finder.operand(x), ...this.finder.affine(target)];
    switch (node.op) {
      case 'Binary':
      case 'PRelu': {
        if (other?.dtype !== x.dtype) return undefined;
        const two = [...this.finder.operand(x), ...this.finder.operand(other), ...this.finder.affine(target)];
        if (node.op === 'PRelu') return rewriter.one('QLinearPRelu', two, attributes);
        const { kind, activation } = node.attributes;
        if (activation.kind !== 'none' || (kind !== 'add' && kind !== 'sub' && kind !== 'mul')) return undefined;
        return rewriter.one('QLinearBinary', two, { kind, ...attributes });
      }
      case 'GlobalAveragePool': {
        const axes = range(rewriter.desc(x.value).shape.length - 2).map((i) => i + 1);
        return rewriter.one('QLinearReduce', one(), { kind: 'mean', axes, keepDims: true, ...attributes });
      }
      case 'Reduce': {
        const { kind, axes, keepDims } = node.attributes;
        if ((kind !== 'mean' && kind !== 'sum') || node.inputs.length > 1) return undefined;
        return rewriter.one('QLinearReduce', one(), { kind, axes, keepDims, ...attributes });
      }
      case 'AveragePool':
        if (x.dtype !== target.dtype || rewriter.desc(x.value).shape.length > 4) return undefined;
        return rewriter.one('QLinearAveragePool', one(), { ...node.attributes, ...attributes });
      case 'Softmax': {
        const [axis = -1, ...more] = node.attributes.axes;
        if (more.length > 0 || node.attributes.log) return undefined;
        return rewriter.one('QLinearSoftmax', one(), { axis, beta: 1, log: false, ...attributes });
      }
      default:
        return undefined;
    }
  }
}
