/** The state of the layout pass: which values are only known through a pending transposition, and how to get rid of one. */
import { elementCount } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node, OpAttributes, OpKind } from '../../ir/ops.ts';
import { descOf } from '../../ir/rewrite.ts';
import { at, product, range } from '../../util/arrays.ts';
import {
  composePerms,
  fullPerm,
  invertPerm,
  isIdentityPerm,
  movesOnlyUnits,
  permuteShape,
  type Perm,
} from '../lib/permutation.ts';
import { Rewriter } from '../lib/rewriter.ts';
import { isDirect, leadingPerm, type View } from './view.ts';

/**
 * What to do where nothing decides: `sink` lets a transposition pass operators that enlarge their operand, and where an
 * operand without one meets an equally large one with, transposes the former; `stay` does the opposite of both.
 */
export type TiePolicy = 'sink' | 'stay';

/** Rebuilds a graph while transpositions wait. */
export class Sinker {
  readonly rewriter: Rewriter;
  readonly policy: TiePolicy;
  readonly #graph: Graph;
  readonly #views = new Map<string, View>();
  /** Transpositions already emitted, by source and order. */
  readonly #emitted = new Map<string, string>();
  #moved = false;

  constructor(graph: Graph, policy: TiePolicy) {
    this.#graph = graph;
    this.policy = policy;
    this.rewriter = new Rewriter(graph);
  }

  /** How a value of the source graph is known. */
  view(value: string): View {
    const view = this.#views.get(value);
    if (view) return view;
    const source = this.rewriter.resolve(value);
    return { source, perm: range(this.rewriter.desc(source).shape.length) };
  }

  /** True when a value waits for a transposition. */
  isPending(value: string | undefined): value is string {
    return value !== undefined && this.#views.has(value);
  }

  /** Makes `value` known as a transposed `source`; directly, when the order is the plain one. */
  setView(value: string, view: View): void {
    if (!isDirect(view)) this.#views.set(value, view);
    else if (value !== view.source) this.rewriter.alias(value, view.source);
  }

  /** Records that a transposition passed a node, so that the graph is worth rebuilding. */
  markMoved(): void {
    this.#moved = true;
  }

  /**
   * Emits a node that works on the sources of its operands. Its outputs are the given orders of the node's own, which
   * become pending in turn.
   */
  emit<K extends OpKind>(
    node: Pick<Node, 'name' | 'outputs'>,
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    perms: readonly Perm[],
  ): void {
    const outputs = node.outputs.map((output, i) => {
      if (output === '' || isIdentityPerm(at(perms, i))) return output;
      return this.rewriter.unique(`${output}_t`);
    });
    const values = this.rewriter.add(op, inputs, attributes, { name: node.name, outputs });
    node.outputs.forEach((output, i) => {
      if (output !== '') this.setView(output, { source: at(values, i), perm: at(perms, i) });
    });
    this.markMoved();
  }

  /** Ends the wait of a value: emits its Transpose under its own name. */
  materialise(value: string): void {
    const view = this.#views.get(value);
    if (!view) return;
    this.#views.delete(value);
    const name = this.transposed(view, value);
    // Two Transposes of one value became one.
    if (name !== value) this.markMoved();
    this.rewriter.alias(value, name);
  }

  /** The source transposed: an emitted one, a folded constant, a Reshape where only extents of 1 move, or a Transpose. */
  transposed({ source, perm }: View, name?: string): string {
    if (isIdentityPerm(perm)) return source;
    const key = `${source} ${perm.join()}`;
    const known = this.#emitted.get(key);
    if (known !== undefined) return known;
    const output = name ?? this.rewriter.unique(`${source}_t`);
    const { shape } = this.rewriter.desc(source);
    if (movesOnlyUnits(perm, shape)) {
      const ints = this.rewriter.addInts(`${output}_shape`, permuteShape(shape, perm));
      this.rewriter.add('Reshape', [source, ints], { allowZero: true }, { outputs: [output] });
    } else {
      this.rewriter.add('Transpose', [source], { perm: [...perm] }, { outputs: [output] });
    }
    this.#emitted.set(key, output);
    return output;
  }

  /** `value` stored so that `perm` of it is the value: what stands beside an operand of that order. */
  inOrder(value: string, perm: Perm): string {
    const view = this.view(value);
    return this.transposed({ source: view.source, perm: composePerms(view.perm, invertPerm(perm)) });
  }

  /** Elements that move when `inOrder` is called: none for constants, free reshapes and what was emitted before. */
  costInOrder(value: string, perm: Perm): number {
    const { source, perm: own } = this.view(value);
    const needed = composePerms(own, invertPerm(perm));
    const { shape } = this.rewriter.desc(source);
    const free =
      movesOnlyUnits(needed, shape) ||
      this.rewriter.constant(source) !== undefined ||
      this.#emitted.has(`${source} ${needed.join()}`);
    return free ? 0 : product(shape);
  }

  /** The value with dimensions of extent 1 in front up to `rank`, as broadcasting sees it. */
  extended(value: string, rank: number): string {
    const { source, perm } = this.view(value);
    const own = this.rewriter.desc(source).shape;
    const missing = rank - perm.length;
    if (missing <= 0) return value;
    const shape = [...range(missing).map(() => 1), ...own];
    const ints = this.rewriter.addInts(`${value}_shape`, shape);
    const output = this.rewriter.unique(`${value}_e`);
    const reshaped = this.rewriter.one('Reshape', [source, ints], { allowZero: true }, { outputs: [output] });
    const name = this.rewriter.unique(`${value}_v`);
    this.setView(name, { source: reshaped, perm: leadingPerm(perm, missing) });
    return isIdentityPerm(perm) ? reshaped : name;
  }

  /** The rebuilt graph; undefined when no transposition got past a node or met another. */
  finish(): Graph | undefined {
    if (!this.#moved) return undefined;
    for (const output of this.#graph.outputs) this.materialise(output);
    return this.rewriter.finish();
  }
}

/** Elements that the Transposes of a graph move, reshapes in disguise left out: what the layout pass must not increase. */
export function transposedElements(graph: Graph): number {
  let sum = 0;
  for (const node of graph.nodes) {
    if (node.op !== 'Transpose') continue;
    const { shape } = descOf(graph, at(node.inputs, 0));
    if (!movesOnlyUnits(fullPerm(node.attributes.perm, shape.length), shape)) sum += elementCount(shape);
  }
  return sum;
}
