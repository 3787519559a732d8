/**
 * Outputs that are no tensors, and those of classical machine learning: a network ends in them where a converter wrapped it
 * as a classifier. What the engine can give of them it gives; the others are left out, which a warning says.
 */
import type { GraphProto, NodeProto, ValueInfoProto } from './proto.ts';
import { isTensor, readPart } from './read-part.ts';

/** The domain of classical machine learning. */
const CLASSICAL = 'ai.onnx.ml';

/**
 * The graph with outputs that are tensors. The scores that a ZipMap makes a list of maps from come as they are, under the
 * name of the list. Other outputs that are no tensors, and those behind operators of classical machine learning of which
 * `has` is false, are left out while others remain. Adds a sentence on each to `warnings`.
 */
export function withTensorOutputs(graph: GraphProto, has: (op: string) => boolean, warnings: string[]): GraphProto {
  const nodes = graph.nodes.map((node) =>
    isZipMap(node) ? { ...node, op: 'Identity', domain: '', attributes: [] } : node,
  );
  const zipped = new Map(graph.nodes.filter(isZipMap).flatMap((node) => node.outputs.map((name) => [name, node])));
  const kept: ValueInfoProto[] = [];
  const left: string[] = [];
  for (const output of graph.outputs) {
    const zip = zipped.get(output.name);
    if (zip) {
      warnings.push(
        `output "${output.name}" maps classes to scores: it comes as the tensor of scores${classesOf(zip)}`,
      );
      kept.push({ name: output.name, elemType: 0, dims: undefined, other: undefined });
      continue;
    }
    const why =
      (isTensor(output) ? undefined : (output.other ?? 'string tensor')) ??
      behind({ ...graph, nodes, outputs: [output] }, has);
    if (why === undefined) kept.push(output);
    else left.push(`output "${output.name}" is left out: ${why}`);
  }
  if (kept.length === 0) return graph;
  for (const warning of left) warnings.push(warning);
  return { ...graph, nodes, outputs: kept };
}

function isZipMap({ op, domain }: NodeProto): boolean {
  return op === 'ZipMap' && domain === CLASSICAL;
}

/** The classes whose scores the columns are, as far as a sentence holds them. */
function classesOf({ attributes }: NodeProto): string {
  const names = attributes.flatMap(({ ints, strings }) => [...ints.map(String), ...strings.map(text)]);
  const shown = names.slice(0, 10).join(', ');
  return names.length === 0 ? '' : `, of the classes ${shown}${names.length > 10 ? ' …' : ''}`;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The operator of classical machine learning that a graph depends on in vain. */
function behind(graph: GraphProto, has: (op: string) => boolean): string | undefined {
  const missing = readPart(graph).nodes.find(({ domain, op }) => domain === CLASSICAL && !has(`${domain}.${op}`));
  return missing && `it depends on ${CLASSICAL}.${missing.op}`;
}
