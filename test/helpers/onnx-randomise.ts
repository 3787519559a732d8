/**
 * The ONNX project's light models carry ConstantOfShape nodes instead of weights. This writes such a model again with
 * seeded random weights and its logits as output, so that a comparison of results says something.
 */
import type { DType } from '../../src/core/dtype.ts';
import { hostArray } from '../../src/core/dtype.ts';
import { elementCount, type Tensor } from '../../src/core/tensor.ts';
import { decodeModel, type AttributeProto, type NodeProto, type ValueInfoProto } from '../../src/formats/onnx/proto.ts';
import { dtypeOfTensor, tensorFromProto } from '../../src/formats/onnx/tensor.ts';
import { encodeModel, type OnnxAttribute, type OnnxNode, type OnnxValueInfo } from './onnx-bytes.ts';
import { randomSource } from './random.ts';

/** The same network with random weights; the output of a last Softmax gives way to its input. */
export function withRandomWeights(bytes: Uint8Array, seed: number): Uint8Array {
  const { graph, opsets, irVersion } = decodeModel(bytes, 'light model');
  if (!graph) throw new TypeError('no graph');
  const constants = new Map(graph.initializers.map((t) => [t.name, tensorFromProto(t, 'light model')]));
  const random = randomSource(seed);
  const initializers: [string, Tensor][] = [];
  const nodes: NodeProto[] = [];
  for (const node of graph.nodes) {
    const shape = constants.get(node.inputs[0] ?? '');
    const isWeight = node.op === 'ConstantOfShape' && shape !== undefined;
    if (!isWeight) nodes.push(node);
    else initializers.push([node.outputs[0] ?? '', randomWeight(node.outputs[0] ?? '', shape, graph.nodes, random)]);
  }
  const kept = new Set(nodes.flatMap((n) => n.inputs));
  for (const [name, value] of constants) if (kept.has(name)) initializers.push([name, value]);
  const last = nodes.at(-1);
  const logits = last?.op === 'Softmax' ? last : undefined;
  const given = new Set(graph.initializers.map((t) => t.name));
  return encodeModel({
    opset: opsets.get('') ?? 1,
    irVersion: Math.max(irVersion, 4),
    inputs: graph.inputs.filter((i) => !given.has(i.name)).map(valueInfo),
    outputs: logits ? [{ name: logits.inputs[0] ?? '', dtype: 'float32' }] : graph.outputs.map(valueInfo),
    nodes: nodes.filter((n) => n !== logits).map(encodable),
    initializers,
  });
}

/** Weights scaled by their fan-in, so that activations neither vanish nor explode; variances and scales near 1. */
function randomWeight(name: string, shape: Tensor, nodes: readonly NodeProto[], random: () => number): Tensor {
  const dims = Array.from(shape.data);
  const user = nodes.find((n) => n.inputs.includes(name));
  const index = user?.inputs.indexOf(name) ?? 0;
  const data = hostArray('float32', elementCount(dims));
  const isShift = (user?.op === 'BatchNormalization' && (index === 2 || index === 3)) || index === 2;
  const transposed = user?.op === 'Gemm' || dims.length > 2;
  const fanIn = data.length / ((transposed ? dims[0] : dims.at(-1)) ?? 1);
  const bound = Math.sqrt(6 / fanIn);
  for (let i = 0; i < data.length; i++) {
    const u = 2 * random() - 1;
    data[i] = dims.length > 1 ? bound * u : isShift ? 0.2 * u : 1 + 0.5 * u;
  }
  return { dtype: 'float32', shape: dims, data };
}

function valueInfo(info: ValueInfoProto): OnnxValueInfo {
  const dtype: DType = dtypeOfTensor(info.elemType) ?? 'float32';
  return { name: info.name, dtype, shape: (info.dims ?? []).map((d) => d.value ?? (d.param || null)) };
}

function encodable(node: NodeProto): OnnxNode {
  const attributes = Object.fromEntries(node.attributes.map((a) => [a.name, attribute(a)]));
  return { op: node.op, name: node.name, inputs: node.inputs, outputs: node.outputs, attributes };
}

function attribute(a: AttributeProto): OnnxAttribute {
  if (a.f !== undefined) return { f: a.f };
  if (a.i !== undefined) return { i: a.i };
  if (a.s !== undefined) return { s: new TextDecoder().decode(a.s) };
  if (a.floats.length > 0) return { floats: a.floats };
  if (a.t !== undefined) return { t: tensorFromProto(a.t, 'light model') };
  return { ints: a.ints };
}
