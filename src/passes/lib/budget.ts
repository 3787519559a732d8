/** What may be evaluated while a graph is compiled: a file of a hundred bytes can ask for hours of work, or for any memory. */
import { ELEMENTS_PER_CONSTANT, FOLDED_ELEMENTS, FOLDED_STEPS, FOLDED_WEIGHTS } from '../../core/limits.ts';
import { isFloat } from '../../core/dtype.ts';
import { filled, fillOf } from '../../core/lazy-tensor.ts';
import { elementCount, type Shape, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import { VIEWS } from '../../ir/facts.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import type { InputDescs, Operands } from '../../ops/definition.ts';
import { definitionOf } from '../../ops/registry.ts';
import { product } from '../../util/arrays.ts';

/** Steps and elements that may be spent; see `core/limits.ts`. */
export interface Allowance {
  readonly steps: number;
  readonly elements: number;
}

/** What one walk over a graph may still spend on constants. */
export class Budget {
  #steps: number;
  #elements: number;
  #weights = FOLDED_WEIGHTS;
  readonly #moved = new WeakSet<Tensor>();
  readonly #isWeight: (value: string) => boolean;

  /**
   * An allowance, and more for each element that the graph's constants have already. Fills that `isWeight` cost nothing.
   */
  constructor(
    { initializers }: Graph,
    { steps, elements }: Allowance = { steps: FOLDED_STEPS, elements: FOLDED_ELEMENTS },
    isWeight: (value: string) => boolean = () => false,
  ) {
    let present = 0;
    for (const { shape } of initializers.values()) present += elementCount(shape);
    this.#steps = steps + 4 * ELEMENTS_PER_CONSTANT * present;
    this.#elements = elements + ELEMENTS_PER_CONSTANT * present;
    this.#isWeight = isWeight;
  }

  /** True when there is enough left to evaluate the node, which is then taken off. */
  allows(node: Node, inputs: Operands, outputs: readonly TensorDesc[]): boolean {
    const elements = countOf(outputs);
    const moved = elements + countOf(inputs);
    const steps = Math.max(moved, stepsOf(node, inputs, outputs));
    if (steps > this.#steps || elements > this.#elements) return false;
    this.#steps -= steps;
    this.#elements -= elements;
    return true;
  }

  /** A node's output as a fill, where it is weights of one number. It takes no memory, and nothing off what is left. */
  fill(node: Node, x: Tensor | undefined, output: TensorDesc | undefined): Tensor | undefined {
    if (!output || !isFloat(output.dtype) || !node.outputs.some(this.#isWeight)) return undefined;
    // A few elements may be scales or bounds as well, which inference wants to know.
    if (elementCount(output.shape) < 9) return undefined;
    const fill = VIEWS.has(node.op) || definitionOf(node.op).rearranges ? fillOf(x) : undefined;
    const value = fill?.value ?? (node.op === 'ConstantOfShape' ? node.attributes.value : undefined);
    if (value === undefined) return undefined;
    // What one node rearranges counts once, what several do for each of them.
    if (!x || !fill || this.#moved.has(x)) this.#weights -= elementCount(output.shape);
    if (x) this.#moved.add(x);
    return filled(output, value, this.#weights < 0 || fill?.isOpaque === true);
  }
}

function countOf(descs: InputDescs): number {
  return descs.reduce((sum, desc) => sum + (desc ? elementCount(desc.shape) : 0), 0);
}

/** Multiply-adds, what windows see, or what the operator says: all that an operator does beyond looking at each element once. */
function stepsOf(node: Node, inputs: Operands, outputs: readonly TensorDesc[]): number {
  const { multiplyAdds, sees, work } = definitionOf(node.op);
  if (work) return work(node, inputs, outputs);
  if (multiplyAdds) return multiplyAdds(node, inputs, outputs);
  const window: Shape = sees?.(node, inputs, outputs).map(({ kernel }) => kernel) ?? [];
  return product(window) * countOf(outputs);
}

/** Names of the values that are weights of a product if they are constant, whatever rearranges them before. */
export function weightsOf({ nodes }: Graph): ReadonlySet<string> {
  const weights = new Set<string>();
  for (const { op, inputs, outputs } of nodes.toReversed()) {
    if (definitionOf(op).multiplyAdds) for (const name of inputs.slice(1)) weights.add(name);
    else if (outputs.some((name) => weights.has(name))) weights.add(inputs[0] ?? '');
  }
  return weights;
}
