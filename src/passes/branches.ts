/**
 * The nodes that a graph with branches needs, in the order in which they can be looked at: of an If whose condition is known,
 * only the branch that is taken. What the other asks for, fits or not, is never known.
 */
import { ShapeError, UnsupportedError } from '../core/errors.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import { isOp } from '../ir/is-op.ts';
import type { Node, NodeOf } from '../ir/ops.ts';
import { producers } from '../ir/producers.ts';
import { at } from '../util/arrays.ts';

/**
 * Gives each node after those that it reads. `constant` is asked for the elements of a condition once the node that computes it
 * was given. An If whose condition is known is given as an Identity of what it chooses. Throws UnsupportedError when that, or
 * one that may be chosen, needs what the engine lacks; ShapeError on a condition of several elements.
 */
export function* demandedNodes(
  graph: Graph,
  constant: (value: string) => Tensor | undefined,
): Generator<Node, void, void> {
  const producer = producers(graph);
  const done = new Set<Node>();
  const certain = neededAnyway(graph);
  for (const node of graph.nodes) {
    const stack = certain.has(node) ? [node] : [];
    for (let current = stack.at(-1); current; current = stack.at(-1)) {
      const waiting = next(current).filter((before) => !done.has(before));
      if (waiting.length > 0 && !done.has(current)) {
        for (const before of waiting.reverse()) stack.push(before);
        continue;
      }
      stack.pop();
      if (done.has(current)) continue;
      done.add(current);
      yield isOp(current, 'If') ? settled(current) : current;
    }
  }

  /** What must be looked at before a node can be: of an If first its condition. */
  function next(node: Node): Node[] {
    const [condition = '', ...branches] = node.inputs;
    if (!isOp(node, 'If')) return node.inputs.flatMap((name) => producer.get(name) ?? []);
    const before = producer.get(condition);
    if (before && !done.has(before)) return [before];
    const taken = takenBy(node);
    const wanted = taken === undefined ? branches : [at(branches, taken)];
    return wanted.flatMap((name) => producer.get(name) ?? []);
  }

  /** Which branch the condition takes, where it is known. */
  function takenBy({ name, op, inputs }: NodeOf<'If'>): 0 | 1 | undefined {
    const known = constant(at(inputs, 0))?.data;
    if (known && known.length !== 1) {
      throw new ShapeError(`the condition has ${known.length} elements`, { node: name, op });
    }
    return known && (known[0] === 0 ? 1 : 0);
  }

  function settled(node: NodeOf<'If'>): Node {
    const taken = takenBy(node);
    const wanted = taken === undefined ? node.inputs : [at(node.inputs, taken + 1)];
    if (wanted.includes('')) throw new UnsupportedError(lacking(node));
    return taken === undefined ? node : { ...node, op: 'Identity', inputs: wanted, attributes: {} };
  }

  /** All that branches which may be taken lack, to be told at once. */
  function lacking(node: NodeOf<'If'>): NodeOf<'If'>['attributes']['missing'] {
    const others = [...certain].flatMap((other) =>
      isOp(other, 'If') && !done.has(other) ? other.attributes.missing : [],
    );
    return [...new Set([...node.attributes.missing, ...others])];
  }
}

/** The nodes that outputs need whichever branches are taken. */
function neededAnyway(graph: Graph): ReadonlySet<Node> {
  const values = new Set(graph.outputs);
  const nodes = new Set<Node>();
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== '' && values.has(name))) continue;
    nodes.add(node);
    for (const name of isOp(node, 'If') ? node.inputs.slice(0, 1) : node.inputs) values.add(name);
  }
  return nodes;
}
