/** A graph as text, one node a line: stable, diffable, what pass tests compare. */
import { printable } from '../core/printable.ts';
import { shapeText } from '../core/tensor.ts';
import type { Graph, ValueDesc } from './graph.ts';
import type { Node } from './ops.ts';

/**
 * The text form of a graph:
 *
 *     input x float32 1x4x4x3
 *     const w float32 3x3x3x8
 *     y = Conv(x, w, _) strides=[1,1] … activation=relu : float32 1x4x4x8
 *     output y
 *
 * Names are escaped, so that a line is a line.
 */
export function print(graph: Graph): string {
  const lines = graph.inputs.map((i) => `input ${i.name} ${i.dtype} ${shapeText(i.shape)}`);
  for (const [name, t] of graph.initializers) lines.push(`const ${name} ${t.dtype} ${shapeText(t.shape)}`);
  for (const node of graph.nodes) lines.push(printNode(node, graph.values));
  for (const name of graph.outputs) lines.push(`output ${name}`);
  return lines.map(printable).join('\n');
}

/** One node as text; the shapes of its outputs follow where `values` knows them. */
function printNode(node: Node, values?: ReadonlyMap<string, ValueDesc>): string {
  const inputs = node.inputs.map((i) => i || '_').join(', ');
  const attributes = Object.entries(node.attributes)
    .map(([key, value]) => (key === 'activation' ? activationText(node) : `${key}=${JSON.stringify(value)}`))
    .filter(Boolean);
  const descs = node.outputs.map((o) => values?.get(o)).filter((d) => d !== undefined);
  const types = descs.map((d) => `${d.dtype} ${shapeText(d.shape)}${boundText(d)}`).join(', ');
  const head = `${node.outputs.map((o) => o || '_').join(', ')} = ${node.op}(${inputs})`;
  return printable([head, ...attributes, ...(types ? [`: ${types}`] : [])].join(' '));
}

function activationText({ attributes }: Node): string {
  if (!('activation' in attributes) || attributes.activation.kind === 'none') return '';
  const { kind, alpha, beta } = attributes.activation;
  return alpha === 0 && beta === 0 ? `activation=${kind}` : `activation=${kind}(${alpha},${beta})`;
}

function boundText({ bounded }: ValueDesc): string {
  return bounded ? ` (extent ${bounded.axis}: ${bounded.count})` : '';
}
