/** Exports a graph as an ONNX model. */
import { UnsupportedError, type Unsupported } from '../../../core/errors.ts';
import { VERSION } from '../../../core/version.ts';
import type { Graph } from '../../../ir/graph.ts';
import { metadataOf } from '../own-metadata.ts';
import { encodeModel, type OnnxPort } from './model.ts';
import { writeNode } from './operators.ts';
import { OnnxWriter } from './writer.ts';

/** The opset every exported model declares: the first with Gelu, and after Resize-19, Pad-19 and Reduce-18. */
const EXPORT_OPSET = 20;

/** The IR version that came with the opset. */
const IR_VERSION = 9;

/**
 * The bytes of an ONNX model (opset 20) that computes what the graph does, for any runtime. Inputs, outputs, values and
 * nodes keep their names, symbolic extents theirs; inputs and outputs keep their layout. ONNX images are channels-first, and so
 * is all that stands between operators on them, under names of its own; constant weights are written in ONNX's order. What the
 * graph has as a field of a node (activation, residual, scale, bias of a MatMul) is a node of its own.
 *
 * A graph before or after its shapes were inferred will do. Throws UnsupportedError listing every node that cannot be
 * written: one whose input has a rank that is not known, where the rank decides how it is written.
 */
export function toOnnx(graph: Graph): Uint8Array {
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
  if (refused.length > 0) {
    throw new UnsupportedError(refused, { format: 'onnx', hint: 'Write the graph with extents for all of its inputs' });
  }
  return encodeModel({
    opset: EXPORT_OPSET,
    irVersion: IR_VERSION,
    producer: `tilewise ${VERSION}`,
    name: graph.name,
    inputs: graph.inputs,
    // No shapes: ONNX's own inference does not drop ceil-mode windows that start in the padding, its runtimes do.
    outputs: graph.outputs.map((name): OnnxPort => ({ name, dtype: writer.facts(name).dtype })),
    ...writer.finish(),
    metadata: metadataOf(graph),
  });
}
