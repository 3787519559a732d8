/** What a graph has of integers that stand for real numbers: operators and their scales, rules of rounding, weights. */
import { bytesOf, packedStorage } from '../core/storage.ts';
import { elementCount, type Tensor } from '../core/tensor.ts';
import type { Graph, IntegerScale } from '../ir/graph.ts';
import type { Node, OpKind, Rounding } from '../ir/ops.ts';
import { definitionOf } from '../ops/registry.ts';

/** What the integers of an operand stand for: `(q − zeroPoint)·scale`. */
export interface OperandScale {
  /** The operand's name. */
  readonly value: string;
  /** One number, or the least and the greatest where each channel has its own. */
  readonly scale: number | readonly [least: number, greatest: number];
  readonly zeroPoint: number | readonly [least: number, greatest: number];
  /** How many scales there are. */
  readonly channels: number;
}

/** One operator on integers. */
export interface QuantisedNode {
  readonly name: string;
  readonly op: OpKind;
  /** The rule by which its results are rounded; absent where there is nothing to round, or a table of all results. */
  readonly rounding?: Rounding;
  /** What its operands stand for, as far as it has to know. */
  readonly operands: readonly OperandScale[];
  /** What its result stands for, where it has a scale of its own. */
  readonly result?: OperandScale;
}

/** Operators on integers of a graph, and constants in eight bits that they read. */
export interface QuantisationSummary {
  /** The rules by which results are rounded, no two alike. */
  readonly rounding: readonly Rounding[];
  readonly nodes: readonly QuantisedNode[];
  /** Weights in eight bits, each counted once; `bytes` is what they take in a file, one an element. */
  readonly integerWeights: { readonly tensors: number; readonly bytes: number };
}

/** Summarises a graph that has been described; nothing where no operator computes with integers that have scales. */
export function quantisationOf(graph: Graph): { readonly quantisation?: QuantisationSummary } {
  const nodes = graph.nodes.flatMap((node) => quantisedNode(node, graph) ?? []);
  if (nodes.length === 0) return {};
  const parameters = graph.nodes.flatMap((node) => parametersOf(node, graph));
  const weights = [...new Set(parameters)].flatMap(({ dtype, shape }) => {
    const storage = packedStorage(dtype);
    return storage ? [bytesOf(storage, elementCount(shape))] : [];
  });
  return {
    quantisation: {
      rounding: [...new Set(nodes.flatMap(({ rounding }) => rounding ?? []))],
      nodes,
      integerWeights: {
        tensors: weights.length,
        bytes: weights.reduce((sum, bytes) => sum + bytes, 0),
      },
    },
  };
}

function quantisedNode(node: Node, graph: Graph): QuantisedNode | undefined {
  const { quantised } = definitionOf(node.op);
  if (!quantised) return undefined;
  const operands = quantised.operands.flatMap((slot) => scaleAt(node, graph, slot + 1, node.inputs[slot]) ?? []);
  const result = quantised.result === undefined ? undefined : scaleAt(node, graph, quantised.result, node.outputs[0]);
  return {
    name: node.name,
    op: node.op,
    ...('rounding' in node.attributes ? { rounding: node.attributes.rounding } : {}),
    operands,
    ...(result ? { result } : {}),
  };
}

/** The scale at `slot` with the zero point behind it; undefined of those that a graph computes. */
function scaleAt({ inputs }: Node, graph: Graph, slot: number, value = ''): OperandScale | undefined {
  const [scales, zeros] = [inputs[slot], inputs[slot + 1]].map((name) => graph.initializers.get(name ?? ''));
  if (!scales) return undefined;
  return { value, scale: spread(scales), zeroPoint: zeros ? spread(zeros) : 0, channels: scales.data.length };
}

function spread({ data }: Tensor): number | readonly [number, number] {
  let [least, greatest] = [data[0] ?? 0, data[0] ?? 0];
  for (const v of data) [least, greatest] = [Math.min(least, v), Math.max(greatest, v)];
  return least === greatest ? least : [least, greatest];
}

function parametersOf(node: Node, { initializers, values }: Graph): Tensor[] {
  const descs = node.inputs.map((name) => values.get(name));
  const slots = definitionOf(node.op).parameters?.(node, descs) ?? [];
  return slots.flatMap(({ slot }) => initializers.get(node.inputs[slot] ?? '') ?? []);
}

/** What integers stand for, by the value's name: as ports say it, and the operators that give or take them. */
export function integerScales(graph: Graph): Map<string, IntegerScale> {
  const found = new Map(graph.scales);
  const note = ({ value, scale, zeroPoint }: OperandScale): void => {
    if (typeof scale === 'number' && typeof zeroPoint === 'number') found.set(value, { scale, zeroPoint });
  };
  for (const { operands, result } of graph.nodes.flatMap((node) => quantisedNode(node, graph) ?? [])) {
    operands.forEach(note);
    if (result) note(result);
  }
  return found;
}
