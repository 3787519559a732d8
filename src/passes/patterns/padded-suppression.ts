/**
 * Suppression whose rows a file pads up to as many as there may be, as the ONNX writer says it: the operator has such rows itself,
 * and then their number does not depend on data.
 */
import { consumers } from '../../ir/consumers.ts';
import type { Graph } from '../../ir/graph.ts';
import { isOp, nodeOf } from '../../ir/is-op.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';

/** How far back an expression is read. */
const DEEPEST = 8;

/** Comes before extents are inferred: a Pad by as many rows as are free has none. The same graph where there is nothing padded so. */
export function recognisePaddedSuppression(graph: Graph): Graph {
  const readers = consumers(graph);
  const text = expressionsOf(graph);
  const replaced = new Map<Node, Node | undefined>();
  for (const node of graph.nodes) {
    const [rows = '', count = '', more] = node.outputs;
    if (!isOp(node, 'NonMaxSuppression') || more || graph.outputs.includes(rows)) continue;
    const all = readers.get(rows) ?? [];
    const pad = all.find((reader) => isOp(reader, 'Pad') && isPadded(reader, node, text));
    const shapes = all.filter((reader) => reader !== pad);
    if (!pad || !shapes.every((reader) => isOp(reader, 'Shape'))) continue;
    const [padded = ''] = pad.outputs;
    const attributes = { ...node.attributes, padded: true };
    replaced.set(node, nodeOf({ ...node, outputs: [padded, count], attributes }));
    replaced.set(pad, undefined);
    for (const shape of shapes)
      replaced.set(shape, nodeOf({ ...shape, inputs: [padded, count], attributes: { axis: 0 } }));
  }
  if (replaced.size === 0) return graph;
  return { ...graph, nodes: graph.nodes.flatMap((n) => (replaced.has(n) ? (replaced.get(n) ?? []) : [n])) };
}

/** Pads behind the rows: batches · classes · the smaller of the boxes and the most that may be chosen, less the rows. */
function isPadded({ attributes, inputs }: NodeOf<'Pad'>, node: NodeOf<'NonMaxSuppression'>, text: Text): boolean {
  const [rows = '', pads = '', ...further] = inputs;
  const [, scores = '', most = ''] = node.inputs;
  const extent = (k: number): string => `Gather(Shape(${text(scores)}),[${k}])`;
  const bound = `mul(mul(${extent(0)},${extent(1)}),min(${extent(2)},max(${text(most)},[0])))`;
  const free = `sub(${bound},Reshape(Gather(Shape(${text(rows)}),0),[1]))`;
  return (
    attributes.mode === 'constant' && further.every((name) => name === '') && text(pads) === `Concat([0,0],${free},[0])`
  );
}

type Text = (value: string, depth?: number) => string;

/** What computes a value of a few integers, spelled out; the quoted name of another. */
function expressionsOf({ nodes, initializers }: Graph): Text {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const text: Text = (value, depth = 0) => {
    const constant = initializers.get(value);
    if (constant?.dtype === 'int64' && constant.shape.length === 0) return `${constant.data[0]}`;
    if (constant?.dtype === 'int64' && constant.data.length < 4) return `[${constant.data.join()}]`;
    const node = producers.get(value);
    const name = node && nameOf(node);
    if (!name || depth === DEEPEST) return JSON.stringify(value);
    return `${name}(${node.inputs.map((input) => text(input, depth + 1)).join()})`;
  };
  return text;
}

/** Of what stands in such expressions. */
function nameOf(node: Node): string | undefined {
  if (node.inputs.length > 3) return undefined;
  if (isOp(node, 'Binary')) return node.attributes.activation.kind === 'none' ? node.attributes.kind : undefined;
  if (isOp(node, 'Gather', 'Concat')) return node.attributes.axis === 0 ? node.op : undefined;
  return isOp(node, 'Shape', 'Reshape') ? node.op : undefined;
}
