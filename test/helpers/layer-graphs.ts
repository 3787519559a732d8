/** Graphs that a test writes with the emitter of layers, as importers do: extents of inputs are symbols, but for the channels. */
import type { Tensor } from '../../src/core/tensor.ts';
import { LayerEmitter, type KnownExtents } from '../../src/formats/lib/layer-emitter.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';

/** An emitter of one layer `layer`, with nothing before it but inputs. */
export type EmitLayer = (e: LayerEmitter, inputs: readonly string[]) => string | readonly string[];

/** The graph of one layer. Inputs are float32 of these ranks; null stands for an extent that is not known. */
export function layerGraph(inputs: Readonly<Record<string, readonly (number | null)[]>>, emit: EmitLayer): Graph {
  const b = new GraphBuilder('layers');
  const known: KnownExtents = new Map();
  for (const [name, extents] of Object.entries(inputs)) {
    b.input(
      name,
      'float32',
      extents.map((extent, axis) => extent ?? `${name}${axis}`),
    );
    known.set(
      name,
      extents.map((extent) => extent ?? undefined),
    );
  }
  const e = new LayerEmitter(b, { name: 'layer', op: 'Layer' }, { format: 'test', names: 'onnx' }, known);
  const results = [emit(e, Object.keys(inputs))].flat();
  e.finish(results);
  results.forEach((name, i) => b.output(i === 0 ? 'layer' : name));
  return b.build();
}

/** The backends that tests of layers run on. */
export type LayerBackend = 'cpu' | 'webgpu';

/** Results of a graph, in the order of its outputs. */
export async function runLayers(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
  backend: LayerBackend = 'cpu',
): Promise<Tensor[]> {
  const inputShapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  const where = backend === 'cpu' ? { backend } : { gpu: async () => (await openGpu()).adapter };
  using session = await Session.create(graph, { ...where, inputShapes });
  const got = await session.run(feeds);
  return graph.outputs.flatMap((name) => got[name] ?? []);
}
