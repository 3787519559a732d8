/** Imports ONNX bytes that are in memory. */
import './every-operator.ts';
import { importModel } from '../../src/formats/detect.ts';
import type { Graph } from '../../src/ir/graph.ts';

/** The graph of a model without external files. */
export async function importOnnx(bytes: Uint8Array): Promise<Graph> {
  const { graph } = await importModel({
    main: { name: 'model.onnx', bytes },
    read: (name) => Promise.reject(new Error(`no file ${name}`)),
  });
  return graph;
}
