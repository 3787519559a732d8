/**
 * Rebuilds a graph node by node. A rule looks at one node and, through the rewriter, at the nodes already emitted before
 * it; it emits replacements, which are shape-inferred, and evaluated when constant, as they are added.
 */
import { GraphError } from '../../core/errors.ts';
import { fillOf } from '../../core/lazy-tensor.ts';
import { Lazy } from '../../core/on-demand.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import type { Graph, ValueDesc } from '../../ir/graph.ts';
import { isOp, nodeOf } from '../../ir/is-op.ts';
import type { Node, OpAttributes, OpKind } from '../../ir/ops.ts';
import { renameInputs } from '../../ir/rewrite.ts';
import { verify } from '../../ir/verify.ts';
import { definitionOf } from '../../ops/registry.ts';
import { at } from '../../util/arrays.ts';
import { removeDeadNodes } from '../dead-nodes.ts';
import { Budget } from './budget.ts';
import { asOperand, evaluateNode, inferNode } from './evaluate.ts';

/** What to call an emitted node and its outputs; made up from the operator when absent. */
export interface EmitNames {
  readonly name?: string;
  readonly outputs?: readonly string[];
}

/** The values that stand for a node's outputs from now on, or undefined to leave the node as it is. */
export type Rule = (node: Node, rewriter: Rewriter) => readonly string[] | undefined;

/** The graph with `rule` applied to every node once, in order. The same object when the rule changes nothing. */
export function rewrite(graph: Graph, rule: Rule): Graph {
  const rewriter = new Rewriter(graph);
  for (const source of graph.nodes) {
    const node = rewriter.current(source);
    const replacement = rule(node, rewriter);
    if (replacement && !rewriter.isStuckIdentity(node, replacement)) rewriter.replace(node, replacement);
    else rewriter.keep(node);
  }
  return rewriter.finish();
}

/** Applies `rule` until it changes nothing. Throws GraphError when that takes more than `limit` rounds: a bug. */
export function rewriteToFixpoint(graph: Graph, rule: Rule, limit = 50): Graph {
  let current = graph;
  for (let round = 0; round < limit; round++) {
    const next = rewrite(current, rule);
    if (next === current) return current;
    current = next;
  }
  throw new GraphError(`a rewrite of "${graph.name}" did not settle in ${limit} rounds`);
}

/** A graph under reconstruction. */
export class Rewriter {
  readonly #source: Graph;
  readonly #outputs: ReadonlySet<string>;
  readonly #nodes: Node[] = [];
  readonly #values: Map<string, ValueDesc>;
  readonly #initializers: Map<string, Tensor>;
  readonly #producers = new Map<string, Node>();
  readonly #positions = new Map<Node, number>();
  readonly #aliases = new Map<string, string>();
  /** Values that leave the graph, and what they were called. */
  readonly #leaving: Set<string>;
  /** Readers of each value: input slots of living nodes, plus one for leaving the graph. */
  readonly #uses = new Map<string, number>();
  /** Emitted nodes whose last reader was replaced. */
  readonly #dead = new Set<Node>();
  readonly #taken: Set<string>;
  /** The number to try next for each stem. */
  readonly #next = new Map<string, number>();
  #budget: Budget | undefined;
  #changed = false;

  constructor(graph: Graph) {
    this.#source = graph;
    this.#values = new Map(graph.values);
    this.#initializers = new Map(graph.initializers);
    this.#taken = new Set([...graph.values.keys(), ...graph.nodes.map((n) => n.name)]);
    for (const node of graph.nodes) for (const input of node.inputs) this.#count(input, 1);
    for (const output of graph.outputs) this.#count(output, 1);
    this.#leaving = new Set(graph.outputs);
    this.#outputs = new Set(graph.outputs);
  }

  /** Static description of a value. */
  desc(value: string): ValueDesc {
    const desc = this.#values.get(this.resolve(value));
    if (!desc) throw new GraphError(`the shape of "${value}" has not been inferred`);
    return desc;
  }

  /** The elements of a constant value, unless it is opaque. */
  constant(value: string | undefined): Tensor | undefined {
    const found = value ? this.#initializers.get(this.resolve(value)) : undefined;
    return fillOf(found)?.isOpaque ? undefined : found;
  }

  /** The emitted node that computes a value; undefined for graph inputs and constants. */
  producer(value: string | undefined): Node | undefined {
    return value ? this.#producers.get(this.resolve(value)) : undefined;
  }

  /** The emitted node that computes a value, when it is of this operator. */
  producerOf<K extends OpKind>(value: string | undefined, op: K): Extract<Node, { op: K }> | undefined {
    const node = this.producer(value);
    return isOp(node, op) ? node : undefined;
  }

  /** Where in the emitted order a value is computed; −1 for graph inputs and constants. */
  position(value: string): number {
    const node = this.producer(value);
    return node ? (this.#positions.get(node) ?? -1) : -1;
  }

  /** True when one input slot reads the value and it does not leave the graph. */
  isSole(value: string): boolean {
    return this.#uses.get(this.resolve(value)) === 1;
  }

  /** True when the value leaves the graph. */
  isOutput(value: string): boolean {
    return this.#leaving.has(this.resolve(value));
  }

  /** What a value is called now. */
  resolve(value: string): string {
    let name = value;
    for (let next = this.#aliases.get(name); next !== undefined; next = this.#aliases.get(name)) name = next;
    return name;
  }

  /** The node with its inputs called what they are called now. */
  current(node: Node): Node {
    return renameInputs(node, new Map(node.inputs.map((i) => [i, this.resolve(i)])));
  }

  /** An unused name that starts with `stem`; reserves it. */
  unique(stem: string): string {
    let [name, i] = [stem, this.#next.get(stem) ?? 1];
    for (; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#next.set(stem, i);
    this.#taken.add(name);
    return name;
  }

  /** Adds a constant and returns its name. */
  addConstant(stem: string, value: Tensor): string {
    const name = this.unique(stem);
    this.#define(name, value);
    return name;
  }

  /** Adds a 1-D int64 constant and returns its name. */
  addInts(stem: string, values: readonly number[]): string {
    return this.addConstant(stem, tensorOf('int64', [values.length], values));
  }

  /** Emits a node and returns its outputs. With constant inputs it is evaluated instead. */
  add<K extends OpKind>(
    op: K,
    inputs: readonly string[],
    attributes: OpAttributes[K],
    names: EmitNames = {},
  ): readonly string[] {
    const name = names.name ?? this.unique(op.toLowerCase());
    const outputs = names.outputs ?? [this.unique(`${name}_y`)];
    const node = nodeOf({ op, name, inputs: inputs.map((i) => this.resolve(i)), outputs, attributes });
    const operands = node.inputs.map((i) => (i === '' ? undefined : asOperand(this.desc(i), this.constant(i))));
    const descs = inferNode(node, operands);
    // What is cheap was evaluated before there was anything to rewrite: what is left here is to rearrange constants.
    this.#budget ??= new Budget(this.#source, { steps: 2 ** 20, elements: 2 ** 18 });
    // Nor is there a reference for what else stands for a constant that would have taken too long.
    const { reference } = definitionOf(op);
    const isThere = !(reference instanceof Lazy) || reference.peek();
    const results = isThere ? evaluateNode(node, operands, descs, this.#budget) : undefined;
    node.outputs.forEach((output, i) => {
      const desc = descs[i];
      const result = results?.[i];
      if (output === '' || !desc) return;
      if (result) this.#define(output, result);
      else this.#values.set(output, desc);
    });
    if (!results) this.#push(node, true);
    this.#changed = true;
    return outputs;
  }

  /** Emits a node with one output and returns its name. */
  one<K extends OpKind>(op: K, inputs: readonly string[], attributes: OpAttributes[K], names: EmitNames = {}): string {
    return at(this.add(op, inputs, attributes, names), 0);
  }

  /** Emits a source node as it is, its inputs already called what they are called now. */
  keep(node: Node): void {
    this.#push(node, false);
  }

  /** Lets `values` stand for the outputs of a source node that is not emitted. */
  replace(node: Node, values: readonly string[]): void {
    this.#changed = true;
    node.outputs.forEach((output, i) => {
      const value = values[i];
      if (output !== '' && value !== undefined && value !== output) this.alias(output, value);
    });
    for (const input of node.inputs) this.#release(input);
  }

  /** From now on `name` means `target`. */
  alias(name: string, target: string): void {
    this.#changed = true;
    const to = this.resolve(target);
    if (to === name) return;
    this.#aliases.set(name, to);
    if (this.#leaving.has(name)) this.#leaving.add(to);
    this.#count(to, this.#uses.get(name) ?? 0);
  }

  /** True for an Identity that gives a graph output its name and cannot be removed: its source needs its own name. */
  isStuckIdentity(node: Node, values: readonly string[]): boolean {
    const [value] = values;
    const [output] = node.outputs;
    if (node.op !== 'Identity' || value === undefined || output === undefined) return false;
    return this.#outputs.has(output) && (!this.producer(value) || this.isOutput(value));
  }

  /** The rebuilt graph without dead nodes, verified; the source itself when nothing changed. */
  finish(): Graph {
    if (!this.#changed) return this.#source;
    const rename = this.#nameOutputs();
    const nodes = this.#nodes.map((node) => {
      const outputs = node.outputs.map((o) => rename.get(o) ?? o);
      return { ...renameInputs(node, rename), outputs };
    });
    for (const [from, to] of rename) this.#values.set(to, this.desc(from));
    this.#renameCounts(rename);
    const graph = { ...this.#source, nodes, initializers: this.#initializers, values: this.#values };
    return verify(removeDeadNodes(graph));
  }

  /** Counts that are called otherwise now. */
  #renameCounts(rename: ReadonlyMap<string, string>): void {
    for (const [name, desc] of this.#values) {
      if (!desc.bounded) continue;
      const { axis, count: before } = desc.bounded;
      const resolved = this.resolve(before);
      const count = rename.get(resolved) ?? resolved;
      if (count !== before) this.#values.set(name, { ...desc, bounded: { axis, count } });
    }
  }

  /** Graph outputs that were replaced get their names back: by renaming the new value, or an Identity where it is shared. */
  #nameOutputs(): Map<string, string> {
    const rename = new Map<string, string>();
    for (const output of this.#outputs) {
      const value = this.resolve(output);
      if (value === output) continue;
      if (this.#producers.has(value) && !this.#outputs.has(value) && !rename.has(value)) {
        rename.set(value, output);
      } else {
        this.#nodes.push({ op: 'Identity', name: output, inputs: [value], outputs: [output], attributes: {} });
        this.#values.set(output, this.desc(value));
      }
    }
    return rename;
  }

  #define(name: string, value: Tensor): void {
    this.#initializers.set(name, value);
    this.#values.set(name, { dtype: value.dtype, shape: value.shape });
  }

  #push(node: Node, isNew: boolean): void {
    this.#positions.set(node, this.#nodes.push(node) - 1);
    for (const output of node.outputs) if (output !== '') this.#producers.set(output, node);
    if (isNew) for (const input of node.inputs) this.#retain(input);
  }

  #count(value: string, by: number): void {
    this.#uses.set(value, (this.#uses.get(value) ?? 0) + by);
  }

  #retain(value: string): void {
    if (value === '') return;
    this.#count(value, 1);
    const node = this.#producers.get(value);
    if (node && this.#dead.delete(node)) for (const input of node.inputs) this.#retain(input);
  }

  #release(value: string): void {
    if (value === '') return;
    this.#count(value, -1);
    const node = this.#producers.get(value);
    if (!node || this.#dead.has(node) || node.outputs.some((o) => (this.#uses.get(o) ?? 0) > 0)) return;
    this.#dead.add(node);
    for (const input of node.inputs) this.#release(input);
  }
}
