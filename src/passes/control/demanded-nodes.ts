/**
 * The nodes that a graph with branches, loops and lists needs, in the order in which they can be looked at: of an If whose
 * condition is known only the branch that is taken, of a loop every round, of lists the tensors in them. What another branch
 * asks for, fits or not, is never known.
 */
import { GraphError, ShapeError, UnsupportedError } from '../../core/errors.ts';
import type { Graph } from '../../ir/graph.ts';
import { isOp } from '../../ir/is-op.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { loadOps, loadReferences } from '../../ops/registry.ts';
import { at } from '../../util/arrays.ts';
import type { Walk } from '../extents/data-extents.ts';
import { ControlWalk } from './control-walk.ts';
import { LoopBodies } from './loop-bodies.ts';
import { runLoop, type Demand } from './loops.ts';
import { Scope } from './scope.ts';
import { runSequence } from './sequences.ts';

/** What is written for loops and lists. */
export const CONTROL_OPS = ['Binary', 'Concat', 'Gather', 'Identity', 'If', 'Split', 'Squeeze', 'Unsqueeze'] as const;

/** Loads, with the module, the operators that are written. */
export async function withControlOps<T>(module: T): Promise<T> {
  await Promise.all([loadOps(CONTROL_OPS), loadReferences(CONTROL_OPS)]);
  return module;
}

/** A node, and the round of a loop that it belongs to. */
interface Placed {
  readonly node: Node;
  readonly scope: Scope;
}

/** See the file's header. */
export class DemandedNodes implements Demand {
  /** Names of what leaves the graph, once all nodes were given: of a list each tensor does, as `LIST/0`, `LIST/1` … */
  readonly outputs: string[] = [];
  readonly control: ControlWalk;
  readonly bodies: LoopBodies;
  readonly #graph: Graph;
  readonly #certain: ReadonlySet<Node>;
  readonly #root = new Scope(new Set());

  constructor(graph: Graph, walk: Walk) {
    this.#graph = graph;
    this.control = new ControlWalk(graph, walk);
    this.bodies = new LoopBodies(graph);
    this.#certain = neededAnyway(graph, this.bodies);
  }

  /**
   * Gives each node after those that it reads; elements of conditions, positions and numbers of rounds are asked for once the
   * nodes that compute them were given. An If whose condition is known is given as an Identity of what it chooses. Throws
   * UnsupportedError where something depends on data that may not, or is needed and lacking; ShapeError on what does not fit.
   */
  get nodes(): Iterable<Node> {
    return this.#walk();
  }

  *#walk(): Generator<Node, void, void> {
    for (const node of this.#graph.nodes) if (this.#certain.has(node)) yield* this.#need({ node, scope: this.#root });
    for (const output of this.#graph.outputs) {
      const name = this.#root.nameOf(output);
      const list = this.control.list(name);
      if (!list) yield* this.#leave(name, output);
      for (const [i, tensor] of list?.entries() ?? []) yield* this.#leave(tensor, this.#element(output, i, tensor));
    }
  }

  /** Gives what a value depends on in a round. */
  *value(name: string, scope: Scope): Generator<Node, void, void> {
    const node = this.bodies.producers.get(name);
    if (node && !scope.has(name)) yield* this.#need({ node, scope: scope.ownerOf(node) });
  }

  /** What a tensor of a list is called that leaves. */
  #element(output: string, index: number, tensor: string): string {
    const name = `${output}/${index}`;
    if (name !== tensor && this.control.unique(name) !== name) throw new GraphError(`value "${name}" is defined twice`);
    return name;
  }

  *#leave(value: string, output: string): Generator<Node, void, void> {
    this.outputs.push(output);
    if (value === output) return;
    yield { op: 'Identity', name: this.control.unique(output), inputs: [value], outputs: [output], attributes: {} };
  }

  *#need(wanted: Placed): Generator<Node, void, void> {
    const stack = [wanted];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { node, scope } = top;
      const waiting = scope.done.has(node) ? [] : this.#before(top).filter((p) => !p.scope.done.has(p.node));
      if (waiting.length > 0) {
        for (const before of waiting.reverse()) stack.push(before);
        continue;
      }
      stack.pop();
      if (scope.done.has(node)) continue;
      scope.done.add(node);
      if (scope.loop) this.control.spend(scope.loop);
      yield* this.#settled(top);
    }
  }

  /** What must be looked at before a node can be: of an If first its condition, of a loop what it begins with. */
  #before({ node, scope }: Placed): Placed[] {
    const placed = (name: string): Placed[] => {
      const before = scope.has(name) ? undefined : this.bodies.producers.get(name);
      return before ? [{ node: before, scope: scope.ownerOf(before) }] : [];
    };
    if (isOp(node, 'LoopExit')) return this.bodies.entryOf(node).inputs.flatMap(placed);
    if (!isOp(node, 'If')) return node.inputs.flatMap(placed);
    const [condition = '', ...branches] = node.inputs;
    const before = placed(condition).filter((p) => !p.scope.done.has(p.node));
    if (before.length > 0) return before;
    const taken = this.#takenBy(node, scope);
    return (taken === undefined ? branches : [at(branches, taken)]).flatMap(placed);
  }

  *#settled({ node, scope }: Placed): Generator<Node, void, void> {
    if (isOp(node, 'LoopExit')) return yield* runLoop(this, node, scope);
    if (isOp(node, 'LoopEntry')) throw new GraphError('nothing ends this loop', { node: node.name, op: node.op });
    const inputs = node.inputs.map((name) => (name === '' ? '' : scope.nameOf(name)));
    const outputs = node.outputs.map((name) => this.#named(name, scope));
    if (isOp(node, 'Sequence')) return yield* runSequence(this.control, { ...node, inputs, outputs });
    const chosen = isOp(node, 'If') ? this.#chosen({ ...node, inputs }, this.#takenBy(node, scope)) : undefined;
    const list = this.control.list(chosen ?? at(inputs, 0));
    if (list && (chosen !== undefined || isOp(node, 'Identity')))
      return this.control.setList(node, at(outputs, 0), list);
    if (inputs.some((name) => this.control.list(name))) throw this.#misplaced(node);
    if (chosen !== undefined) {
      yield { op: 'Identity', name: this.#nodeName(node, scope), inputs: [chosen], outputs, attributes: {} };
    } else if (scope === this.#root && inputs.every((name, i) => name === node.inputs[i])) yield node;
    else yield { ...node, name: this.#nodeName(node, scope), inputs, outputs };
  }

  #named(value: string, scope: Scope): string {
    if (value === '' || scope === this.#root) return value;
    const name = this.control.unique(`${value}${scope.suffix}`);
    scope.bind(value, name);
    return name;
  }

  #nodeName({ name }: Node, scope: Scope): string {
    return scope === this.#root ? name : this.control.unique(`${name}${scope.suffix}`);
  }

  /** Which branch the condition takes, where it is known. */
  #takenBy({ name, op, inputs }: NodeOf<'If'>, scope: Scope): 0 | 1 | undefined {
    const known = this.control.constant(scope.nameOf(at(inputs, 0)))?.data;
    if (known && known.length !== 1) {
      throw new ShapeError(`the condition has ${known.length} elements`, { node: name, op });
    }
    return known && (known[0] === 0 ? 1 : 0);
  }

  /** What an If hands on, where that is known. */
  #chosen(node: NodeOf<'If'>, taken: 0 | 1 | undefined): string | undefined {
    const wanted = taken === undefined ? node.inputs : [at(node.inputs, taken + 1)];
    if (wanted.includes('')) throw new UnsupportedError(this.#lacking(node));
    return taken === undefined ? undefined : at(wanted, 0);
  }

  /** All that branches which may be taken lack, to be told at once. */
  #lacking(node: NodeOf<'If'>): NodeOf<'If'>['attributes']['missing'] {
    const others = [...this.#certain].flatMap((other) =>
      isOp(other, 'If') && !this.#root.done.has(other) ? other.attributes.missing : [],
    );
    return [...new Set([...node.attributes.missing, ...others])];
  }

  #misplaced(node: Node): Error {
    const { name, op } = node;
    if (!isOp(node, 'If')) return new ShapeError('an input is a list of tensors', { node: name, op });
    const what = 'a list of tensors that depends on a condition which is not known before data is';
    return new UnsupportedError([{ node: name, op, what }]);
  }
}

/** The nodes that outputs need whichever branches are taken, without the bodies of loops. */
function neededAnyway(graph: Graph, bodies: LoopBodies): ReadonlySet<Node> {
  const values = new Set(graph.outputs);
  const nodes = new Set<Node>();
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== '' && values.has(name))) continue;
    if (isOp(node, 'LoopEntry')) continue;
    nodes.add(node);
    const reads = isOp(node, 'LoopExit') ? bodies.entryOf(node).inputs : node.inputs;
    for (const name of isOp(node, 'If') ? node.inputs.slice(0, 1) : reads) values.add(name);
  }
  return nodes;
}
