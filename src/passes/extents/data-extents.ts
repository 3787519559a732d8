/**
 * Extents that depend on data, through operators that do not carry them: while shapes are inferred, each such node is replaced by
 * nodes that do (rules.ts, list-rules.ts), and lists of integers made of such extents are followed (items.ts).
 */
import type { Graph } from '../../ir/graph.ts';
import { isOp, nodeOf } from '../../ir/is-op.ts';
import type { Node, NodeOf, OpKind } from '../../ir/ops.ts';
import type { Operands } from '../../ops/definition.ts';
import { definitionOf, loadOps, loadReferences } from '../../ops/registry.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import { BOUND_OF, located, withList } from '../lib/evaluate.ts';
import { isKnown, itemsOf } from './item.ts';
import { itemsAfter, type KnownItems } from './items.ts';
import {
  bestRows,
  constantRows,
  countRows,
  expandRows,
  flattenRows,
  joinRows,
  reshapeRows,
  shareRows,
  sliceRows,
} from './list-rules.ts';
import { rowsApart } from './row-rules.ts';
import { scatterSlices, scatterSome } from './scatter-rules.ts';
import { NodeWriter } from './node-writer.ts';
import * as rules from './rules.ts';
import type { ExtentRule, Seen } from './rules.ts';
import { twins, type Twins } from './twins.ts';

const RULES: { readonly [K in Node['op']]?: ExtentRule<K> } = {
  Gather: rules.pickAlong,
  GatherND: rules.pickSlices,
  GatherElements: rules.pickAlong,
  ScatterElements: scatterSome,
  ScatterND: scatterSlices,
  NonMaxSuppression: rules.suppressRows,
  Reduce: rules.reduceRows,
  ArgReduce: rules.extremeRows,
  NonZero: rules.whereNotZero,
  Compress: rules.chooseRows,
  Pad: rules.padRows,
  Concat: joinRows,
  Slice: sliceRows,
  Reshape: reshapeRows,
  Flatten: flattenRows,
  Expand: expandRows,
  ConstantOfShape: constantRows,
  Range: countRows,
  TopK: bestRows,
  Softmax: shareRows,
  Conv: rowsApart,
  ConvTranspose: rowsApart,
  Gemm: rowsApart,
  MatMul: rowsApart,
  MaxPool: rowsApart,
  AveragePool: rowsApart,
  GlobalAveragePool: rowsApart,
  BatchNormalization: rowsApart,
};

/** What is written in the place of nodes of other operators. */
export const WRITTEN_OPS = ['Binary', 'Cast', 'Compress', 'Gather', 'Where'] as const;

/** Loads, with the module that writes them, the operators that are written, and what says how extents go on. */
export async function withWritten<T>(module: T): Promise<T> {
  await Promise.all([loadOps(WRITTEN_OPS), loadReferences(WRITTEN_OPS), BOUND_OF.load()]);
  return module;
}

/** What a walk over a graph knows so far, and a way to tell it a constant. */
export interface Walk {
  readonly constant: (name: string) => Tensor | undefined;
  readonly define: (name: string, value: Tensor) => void;
  readonly operandsOf: (node: Node) => Operands;
}

/** Gives the nodes, in an order in which they can be looked at, or what stands for them, one once those before it were looked at. */
export function* dataExtents(graph: Graph, nodes: Iterable<Node>, walk: Walk): Generator<Node, void, void> {
  const expand = expansion(graph, walk);
  function* expanded(given: Node): Generator<Node, void, void> {
    const operands = walk.operandsOf(given);
    const node = withList(given, operands);
    const parts = located(node, () => expand(node, operands.slice(0, node.inputs.length)));
    for (const part of parts) {
      if (part === node) yield withCount(node, operands);
      else yield* expanded(part);
    }
  }
  for (const node of nodes) yield* expanded(node);
}

function expansion(graph: Graph, { constant, define }: Walk): (node: Node, operands: Operands) => readonly Node[] {
  const known: KnownItems = { items: new Map(), flags: new Set(), comparisons: new Map() };
  const same = twins(constant);
  const written = { define, taken: namesOf(graph), twin: same.of, items: known.items, constants: new Map() };
  const counts = new Map<string, string>();
  return (given, operands) => {
    const node = withOwnCount(given, counts, same);
    if (node !== given) return [node];
    const before = same.of(node);
    if (before) return before.map(([from, to]) => identity(from, to));
    const [output = ''] = node.outputs;
    const w = new NodeWriter(written, output);
    const items = node.inputs.map((name, i) => known.items.get(name) ?? itemsOf(operands[i]?.value));
    const after = itemsAfter(w, node, operands, items, known);
    if (after && isKnown(after)) {
      const [desc] = definitionOf(node.op).infer(node, operands);
      define(output, tensorOf(desc?.dtype ?? 'int64', after.shape, after.items));
      // Others may read what was written on the way.
      return w.nodes;
    }
    if (after) known.items.set(output, after);
    const unknown = items.some((list, i) => list && !operands[i]?.value);
    const asked = unknown || operands.some((operand) => operand?.bounded);
    return asked && applied(w, node, { operands, items }) ? w.nodes : [...w.nodes, node];
  };
}

/** Of nodes that choose by the same condition the count of the first is that of all. */
function withOwnCount(node: Node, counts: Map<string, string>, { nameOf }: Twins): Node {
  if (!isOp(node, 'Compress') || node.inputs[2] !== undefined) return node;
  const [x = '', condition = ''] = node.inputs;
  const [, own = ''] = node.outputs;
  const key = nameOf(condition);
  const count = counts.get(key) ?? own;
  counts.set(key, count);
  return count === own ? node : nodeOf({ ...node, inputs: [x, condition, count] });
}

/** The node with the count of an extent that depends on data beside it, where it asks for that. */
function withCount(node: Node, inputs: Operands): Node {
  const { counted } = definitionOf(node.op);
  const [x = ''] = node.inputs;
  const bounded = inputs[0]?.bounded;
  if (!counted || !bounded) return node;
  return nodeOf({ ...node, inputs: [x, bounded.count], attributes: counted(bounded.axis) });
}

function applied<K extends OpKind>(w: NodeWriter, node: NodeOf<K>, seen: Seen): boolean {
  const rule: ExtentRule<K> | undefined = RULES[node.op];
  return rule?.(w, node, seen) ?? false;
}

function namesOf({ inputs, initializers, nodes }: Graph): Set<string> {
  const named = nodes.flatMap(({ name, outputs }) => [name, ...outputs]);
  return new Set([...inputs.map(({ name }) => name), ...initializers.keys(), ...named]);
}

function identity(from: string, to: string): Node {
  return nodeOf({ op: 'Identity', name: `${to}_same`, inputs: [from], outputs: [to], attributes: {} });
}
