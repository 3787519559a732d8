/** Networks on integers for the benches, as ONNX files. */
import { quantisedPart } from '../../src/compress/quantise/part.ts';
import { prepareGraph } from '../../src/compress/quantise/prepare.ts';
import { quantiseGraph } from '../../src/compress/quantise/quantise.ts';
import { rangeOf } from '../../src/compress/quantise/ranges.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compileGraph } from '../../src/session/compile-graph.ts';
import { Session } from '../../src/session/session.ts';

/** The network with int8 weights, a scale for each output channel, and the ranges that its maps have with these feeds. */
export async function quantisedOnnx(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
  wanted?: string,
): Promise<Uint8Array> {
  const float = await prepareGraph(await compileGraph(graph, { level: 'folded' }));
  const part = quantisedPart(float, new Set());
  const sources = [...part.sources.values()].flat();
  const outputs = [...new Set([...float.outputs, ...sources.filter((name) => !(name in feeds))])];
  const { adapter } = await openGpu({ adapter: wanted });
  const session = await Session.create({ ...float, outputs }, { gpu: adapter });
  try {
    const results = { ...feeds, ...(await session.run(feeds)) };
    const ranges = new Map(Object.entries(results).map(([name, value]) => [name, rangeOf(value)]));
    return toOnnx(quantiseGraph(float, part, ranges, { perChannel: true }).graph);
  } finally {
    session.dispose();
  }
}
