/** Which nodes of a graph lie between the entry and the exit of a loop. */
import { GraphError } from '../../core/errors.ts';
import type { Graph } from '../../ir/graph.ts';
import { isOp } from '../../ir/is-op.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { producers } from '../../ir/producers.ts';

/** See the file's header. */
export class LoopBodies {
  /** What computes each value of the graph. */
  readonly producers: ReadonlyMap<string, Node>;
  /** Names of the values that a node or a caller reads. */
  readonly reads: ReadonlySet<string>;
  readonly #nodes: readonly Node[];
  readonly #bodies = new Map<Node, ReadonlySet<Node>>();

  constructor(graph: Graph) {
    this.producers = producers(graph);
    this.reads = new Set(
      [...graph.outputs, ...graph.nodes.flatMap(({ inputs }) => inputs)].filter((name) => name !== ''),
    );
    this.#nodes = graph.nodes;
  }

  /** What a loop begins with. Throws GraphError where the node ends none, or hands on another number of values. */
  entryOf({ name, op, inputs, attributes }: NodeOf<'LoopExit'>): NodeOf<'LoopEntry'> {
    const [round = ''] = inputs;
    const entry = this.producers.get(round);
    if (!isOp(entry, 'LoopEntry') || entry.outputs[0] !== round) {
      throw new GraphError('this ends no loop', { node: name, op });
    }
    const { carried, scanned } = entry.attributes;
    const begins = 2 + carried + scanned.length;
    const fits =
      attributes.carried === carried &&
      entry.inputs.length === begins &&
      entry.outputs.length === begins &&
      inputs.length === 2 + carried + attributes.stacked.length;
    if (!fits) throw new GraphError('the loop hands on another number of values than it takes', { node: name, op });
    return entry;
  }

  /** What the exit gives on that depends on the values that a round begins with: each round has these nodes. */
  of(exit: NodeOf<'LoopExit'>): ReadonlySet<Node> {
    const known = this.#bodies.get(exit);
    if (known) return known;
    const entry = this.entryOf(exit);
    const before = this.#before(exit);
    const values = new Set(entry.outputs.filter((name) => name !== ''));
    const body = new Set<Node>();
    for (const node of this.#nodes) {
      if (node === entry || !before.has(node) || !node.inputs.some((name) => values.has(name))) continue;
      body.add(node);
      for (const name of node.outputs) if (name !== '') values.add(name);
    }
    this.#bodies.set(exit, body);
    return body;
  }

  #before(exit: NodeOf<'LoopExit'>): ReadonlySet<Node> {
    const before = new Set<Node>();
    const stack = exit.inputs.slice(1);
    for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
      const node = this.producers.get(name);
      if (!node || before.has(node)) continue;
      before.add(node);
      for (const input of node.inputs) stack.push(input);
    }
    return before;
  }
}
