/** Receptive fields: how many input pixels one element of a feature map can see, and how far neighbours lie apart. */
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { descOf } from '../ir/rewrite.ts';
import type { WindowStep } from '../ops/definition.ts';
import { definitionOf } from '../ops/registry.ts';

/** Along one dimension, in pixels of the input. */
export interface ReceptiveField {
  /** Extent one element sees. */
  readonly field: number;
  /** Distance between what neighbouring elements see. */
  readonly jump: number;
}

const START: ReceptiveField = { field: 1, jump: 1 };

/** One window later: RF += (k − 1)·jump, jump ×= stride; dilation d widens k to d(k − 1) + 1. */
function widen({ field, jump }: ReceptiveField, { kernel, stride, dilation = 1 }: WindowStep): ReceptiveField {
  return { field: field + dilation * (kernel - 1) * jump, jump: jump * stride };
}

/** The receptive field behind a chain of windows. */
export function receptiveField(steps: readonly WindowStep[]): ReceptiveField {
  return steps.reduce(widen, START);
}

/**
 * The receptive field of every value along each spatial dimension, by name; values that follow from no image are left
 * out. Where branches meet, the largest counts. Padding is seen like input, so a field may exceed the image.
 *
 * @param graph described (`values` filled), as `compile` gives it
 */
export function receptiveFields(graph: Graph): Map<string, readonly ReceptiveField[]> {
  const fields = new Map<string, readonly ReceptiveField[]>();
  for (const { name, shape } of graph.inputs) {
    if (shape.length >= 3)
      fields.set(
        name,
        Array.from({ length: shape.length - 2 }, () => START),
      );
  }
  for (const node of graph.nodes) {
    const seen = node.inputs.map((i) => fields.get(i)).filter((f) => f !== undefined);
    const [first, ...others] = seen;
    if (!first) continue;
    const before = others.reduce(largest, first);
    const after = afterNode(node, before, graph);
    for (const output of node.outputs) if (output !== '') fields.set(output, after);
  }
  return fields;
}

function largest(a: readonly ReceptiveField[], b: readonly ReceptiveField[]): readonly ReceptiveField[] {
  return a.map((f, i) => ({
    field: Math.max(f.field, b[i]?.field ?? 0),
    jump: Math.max(f.jump, b[i]?.jump ?? 0),
  }));
}

function afterNode(node: Node, before: readonly ReceptiveField[], graph: Graph): readonly ReceptiveField[] {
  const { sees } = definitionOf(node.op);
  if (!sees) return before;
  const inputs = node.inputs.map((name) => (name === '' ? undefined : descOf(graph, name)));
  const outputs = node.outputs.filter((name) => name !== '').map((name) => descOf(graph, name));
  const steps = sees(node, inputs, outputs);
  return before.map((field, i) => widen(field, steps[i] ?? { kernel: 1, stride: 1 }));
}
