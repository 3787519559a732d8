/** Receptive fields: how many input pixels one element of a feature map can see, and how far neighbours lie apart. */
import type { Graph } from '../ir/graph.ts';
import type { Node, Window } from '../ir/ops.ts';
import { descOf } from '../ir/rewrite.ts';
import { at } from '../util/arrays.ts';

/** One sliding window along one dimension. */
export interface WindowStep {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation?: number;
}

/** Along one dimension, in pixels of the input. */
export interface ReceptiveField {
  /** Extent one element sees. */
  readonly field: number;
  /** Distance between what neighbouring elements see. */
  readonly jump: number;
}

const START: ReceptiveField = { field: 1, jump: 1 };

/** One window later: RF += (k − 1)·jump, jump ×= stride; dilation d widens k to d(k − 1) + 1. */
export function widen({ field, jump }: ReceptiveField, { kernel, stride, dilation = 1 }: WindowStep): ReceptiveField {
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
  const slide = (window: Window, kernel: readonly number[]): readonly ReceptiveField[] =>
    before.map((f, i) =>
      widen(f, { kernel: kernel[i] ?? 1, stride: window.strides[i] ?? 1, dilation: window.dilations[i] ?? 1 }),
    );
  const spatial = (value: string): readonly number[] => descOf(graph, value).shape.slice(1, -1);
  switch (node.op) {
    case 'Conv':
      return slide(node.attributes, descOf(graph, at(node.inputs, 1)).shape);
    case 'MaxPool':
    case 'AveragePool':
      return slide(node.attributes, node.attributes.kernel);
    case 'GlobalAveragePool':
    case 'GlobalMaxPool': {
      const extents = spatial(at(node.inputs, 0));
      return before.map((f, i) => widen(f, { kernel: extents[i] ?? 1, stride: extents[i] ?? 1 }));
    }
    case 'Resize': {
      const from = spatial(at(node.inputs, 0));
      const to = spatial(at(node.outputs, 0));
      // Interpolation reads two neighbours per dimension; the samples move closer together or further apart.
      const taps = node.attributes.mode === 'linear' ? 2 : 1;
      return before.map((f, i) => {
        const scale = (from[i] ?? 1) / (to[i] ?? 1);
        return { field: widen(f, { kernel: taps, stride: 1 }).field, jump: f.jump * scale };
      });
    }
    default:
      return before;
  }
}
