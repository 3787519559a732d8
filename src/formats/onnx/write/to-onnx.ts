/** Exports a graph as an ONNX model. */
import { InputError, UnsupportedError, type Unsupported } from '../../../core/errors.ts';
import { rawLength } from '../../../core/raw.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { VERSION } from '../../../core/version.ts';
import type { Graph } from '../../../ir/graph.ts';
import { range } from '../../../util/arrays.ts';
import type { Facts } from '../facts.ts';
import { metadataOf } from '../own-metadata.ts';
import { encodeModel, type OnnxPort } from './model.ts';
import { writeNode } from './operators.ts';
import { OnnxWriter } from './writer.ts';

/** The opset every exported model declares: the first with Gelu, and after Resize-19, Pad-19 and Reduce-18. */
const EXPORT_OPSET = 20;

/** The IR version that came with the opset. */
const IR_VERSION = 9;

/** What protocol buffers hold, less room for what stands beside the weights. */
const MOST_WEIGHT_BYTES = 2 ** 31 - 2 ** 24;

/** An ONNX file, and what it is made of. */
export interface OnnxFile {
  readonly bytes: Uint8Array;
  readonly opset: number;
  readonly nodes: number;
  readonly initializers: number;
}

/**
 * The bytes of an ONNX model (opset 20) that computes what the graph does, for any runtime. Inputs, outputs, values and
 * nodes keep their names, symbolic extents theirs; inputs and outputs keep their layout. ONNX images are channels-first, and so
 * is all that stands between operators on them, under names of its own; constant weights are written in ONNX's order. What the
 * graph has as a field of a node (activation, residual, scale, bias of a MatMul) is a node of its own.
 *
 * A graph before or after its shapes were inferred will do. Throws UnsupportedError listing every node that cannot be
 * written, with what may help, and InputError where the weights are more than such a file holds.
 */
export function toOnnx(graph: Graph): Uint8Array {
  return onnxFile(graph).bytes;
}

/** The same, with what it is made of. */
export function onnxFile(graph: Graph): OnnxFile {
  const writer = new OnnxWriter(graph);
  const refused: Unsupported[] = [];
  for (const node of graph.nodes) {
    try {
      writeNode(writer, node);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refused.push(...error.items);
    }
  }
  if (refused.length > 0) throw refusal(refused);
  const { nodes, initializers } = writer.finish();
  requireRoom(initializers);
  const bytes = encodeModel({
    opset: EXPORT_OPSET,
    irVersion: IR_VERSION,
    producer: `tilewise ${VERSION}`,
    name: graph.name,
    inputs: graph.inputs,
    outputs: graph.outputs.map((name) => portOf(name, writer.facts(name))),
    nodes,
    initializers,
    metadata: metadataOf(graph),
  });
  return { bytes, opset: EXPORT_OPSET, nodes: nodes.length, initializers: initializers.length };
}

/** No extents: ONNX's own inference does not drop ceil-mode windows that start in the padding, its runtimes do. */
function portOf(name: string, { dtype, rank }: Facts): OnnxPort {
  return { name, dtype, ...(rank === undefined ? {} : { shape: range(rank).map(() => '') }) };
}

/** One remedy for all is the hint; several stand with what they are for. */
function refusal(items: readonly Unsupported[]): UnsupportedError {
  const [only, ...others] = new Set(items.map(({ remedy }) => remedy));
  const hint = others.length === 0 && only !== undefined ? { hint: only } : {};
  return new UnsupportedError(items, { format: 'onnx', ...hint });
}

function requireRoom(initializers: readonly (readonly [string, Tensor])[]): void {
  const bytes = initializers.reduce((sum, [, value]) => sum + rawLength(value), 0);
  if (bytes <= MOST_WEIGHT_BYTES) return;
  throw new InputError(`the weights take ${(bytes / 2 ** 30).toFixed(1)} GiB, an ONNX file holds 2 GiB at most`, {
    format: 'onnx',
    hint: 'Write the weights alone as .safetensors, or a part of the network',
  });
}
