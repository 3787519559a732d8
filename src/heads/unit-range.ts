/** Values that lie between 0 and 1 whatever the input, by the operators that make them: probabilities, and no logits. */
import type { DType } from '../core/dtype.ts';
import type { Graph, IntegerScale } from '../ir/graph.ts';
import type { Activation, Node, OpKind } from '../ir/ops.ts';

/** What only moves, takes or mixes elements with weights that sum to 1. */
const KEEPS: ReadonlySet<OpKind> = new Set<OpKind>([
  ...(['Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Slice', 'Flatten', 'Identity', 'Cast', 'Gather'] as OpKind[]),
  ...(['AveragePool', 'MaxPool', 'QuantizeLinear', 'DequantizeLinear'] as OpKind[]),
]);

/** True where every element of a value is known to lie in 0…1; `dtype` is that of an output that stands for real numbers. */
export function isUnitRange(graph: Graph, name: string, dtype?: DType): boolean {
  const stands = graph.scales?.get(name);
  if (stands && dtype) return scaleIsUnit(stands, dtype);
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  let node = makers.get(name);
  // No graph has a cycle.
  while (node && passesOn(node)) node = makers.get(node.inputs[0] ?? '');
  return node !== undefined && endsInUnit(node);
}

function passesOn({ op, attributes }: Node): boolean {
  return KEEPS.has(op) || (op === 'Resize' && 'mode' in attributes && attributes.mode !== 'cubic');
}

function endsInUnit({ op, attributes }: Node): boolean {
  if ((op === 'Softmax' || op === 'QLinearSoftmax') && 'log' in attributes) return !attributes.log;
  return 'activation' in attributes && activationIsUnit(attributes.activation);
}

function activationIsUnit({ kind, alpha, beta }: Activation): boolean {
  return kind === 'sigmoid' || kind === 'hardSigmoid' || (kind === 'clip' && alpha >= 0 && beta <= 1);
}

/** Of eight bits; 256 steps of a scale of 1/255 are a little more than 1. */
function scaleIsUnit({ scale, zeroPoint }: IntegerScale, dtype: DType): boolean {
  const least = dtype === 'int8' ? -128 : 0;
  const [low, high] = [(least - zeroPoint) * scale, (least + 255 - zeroPoint) * scale];
  return (dtype === 'int8' || dtype === 'uint8') && low > -1e-6 && high < 1 + 1e-6;
}
