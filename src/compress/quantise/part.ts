/** Decides what of a graph is quantised: nodes, the values between them, and which of these have one scale together. */
import type { Graph } from '../../ir/graph.ts';
import { isOp } from '../../ir/is-op.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { consumers } from '../../ir/consumers.ts';
import { at } from '../../util/arrays.ts';
import { roleOf, takesBounds, type Role } from './roles.ts';

/** What is to become integers. */
export interface QuantisedPart {
  /** The nodes on integers, and how. */
  readonly roles: ReadonlyMap<Node, Role>;
  /** Values that are integers between nodes, and the one that stands for all with the same scale. */
  readonly groups: ReadonlyMap<string, string>;
  /** Of each group, the values whose ranges make its own: the others are among their elements. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** Results that a clip, which alone reads them, bounds: that is a matter of rounding, and they are no integers before it. */
  readonly bounded: ReadonlySet<string>;
}

/** Finds it. Nodes named in `exclude` stay as they are. `graph` is one that `prepareGraph` gave. */
export function quantisedPart(graph: Graph, exclude: ReadonlySet<string>): QuantisedPart {
  const roles = rolesOf(graph, exclude);
  const bounded = boundedResults(graph, roles);
  const groups = new Groups();
  const moved = new Set<string>();
  for (const [node, role] of roles) {
    const operands = role.operands.map((slot) => at(node.inputs, slot)).filter((x) => !graph.initializers.has(x));
    for (const value of [...operands, ...node.outputs]) if (value !== '' && !bounded.has(value)) groups.add(value);
    if (role.kind !== 'movement') continue;
    for (const value of [...operands, ...node.outputs]) if (value !== '') groups.unite(at(operands, 0), value);
    for (const value of node.outputs) moved.add(value);
  }
  const found = groups.all();
  const sources = new Map<string, string[]>();
  for (const [value, group] of found) {
    if (moved.has(value)) continue;
    sources.set(group, [...(sources.get(group) ?? []), value]);
  }
  return { roles, groups: found, sources, bounded };
}

/** Products, and what has operands that are integers already. */
function rolesOf(graph: Graph, exclude: ReadonlySet<string>): Map<Node, Role> {
  const roles = new Map<Node, Role>();
  const integers = new Set<string>();
  for (const node of graph.nodes) {
    const role = exclude.has(node.name) ? undefined : roleOf(node, graph);
    if (!role) continue;
    const varying = role.operands.map((slot) => at(node.inputs, slot)).filter((x) => !graph.initializers.has(x));
    const carried = varying.every((x) => integers.has(x));
    if (varying.length === 0 || !(carried || role.kind === 'product')) continue;
    roles.set(node, role);
    for (const output of node.outputs) integers.add(output);
  }
  return roles;
}

function boundedResults(graph: Graph, roles: ReadonlyMap<Node, Role>): Set<string> {
  const readers = consumers(graph);
  const leaving = new Set(graph.outputs);
  const bounded = new Set<string>();
  for (const [node, role] of roles) {
    const [output = ''] = node.outputs;
    const [reader, ...others] = readers.get(output) ?? [];
    if (!reader || others.length > 0 || leaving.has(output) || !takesBounds(node, role)) continue;
    if (isClip(reader) && !isClip(node) && roles.has(reader)) bounded.add(output);
  }
  return bounded;
}

/** True of activations that give the operand or a bound. */
export function isClip(node: Node): node is NodeOf<'Activation'> {
  return isOp(node, 'Activation') && ['relu', 'clip'].includes(node.attributes.activation.kind);
}

/** Disjoint sets of values. */
class Groups {
  readonly #parents = new Map<string, string>();

  add(value: string): void {
    if (!this.#parents.has(value)) this.#parents.set(value, value);
  }

  unite(a: string, b: string): void {
    this.add(a);
    this.add(b);
    this.#parents.set(this.#root(b), this.#root(a));
  }

  /** Each value, and its set's representative. */
  all(): Map<string, string> {
    return new Map([...this.#parents.keys()].map((value) => [value, this.#root(value)]));
  }

  #root(value: string): string {
    let root = value;
    for (let up = this.#parents.get(root); up !== undefined && up !== root; up = this.#parents.get(root)) root = up;
    return root;
  }
}
