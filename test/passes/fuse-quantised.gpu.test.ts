/** Operators between DequantizeLinear and QuantizeLinear: they become integers', which mean what the file says to a step. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../src/formats/detect.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { at, range } from '../../src/util/arrays.ts';
import '../helpers/every-operator.ts';
import { FULL } from '../helpers/full.ts';
import { encodeModel, type OnnxModel } from '../helpers/onnx-bytes.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { blockNetwork, QDQ_BLOCKS } from '../helpers/qdq-onnx.ts';
import { referenceRun } from '../helpers/reference.ts';

const BLOCKS = Object.keys(QDQ_BLOCKS);
const SEEDS = range(FULL ? 20 : 2).map((i) => i + 1);

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

async function imported(model: OnnxModel): Promise<{ bytes: Uint8Array; graph: Graph }> {
  const bytes = encodeModel(model);
  const files = { main: { name: 'qdq.onnx', bytes }, read: () => Promise.reject(new TypeError()) };
  return { bytes, graph: (await importModel(files)).graph };
}

/** Values of real numbers that are not the network's own input or output, in whatever order. */
function realValues({ nodes, inputs, outputs, values }: Graph): string[] {
  const ports = new Set([...inputs.map(({ name }) => name), ...outputs]);
  const moves = nodes.filter(({ op }) => op === 'Transpose' || op === 'Reshape');
  for (const node of moves) if (ports.has(at(node.inputs, 0))) ports.add(at(node.outputs, 0));
  for (const node of moves.toReversed()) if (ports.has(at(node.outputs, 0))) ports.add(at(node.inputs, 0));
  const made = nodes.flatMap((node) => node.outputs);
  return made.filter((name) => values.get(name)?.dtype === 'float32' && !ports.has(name));
}

describe('what quantisers write around an operator', () => {
  it.each(BLOCKS)('%s: only integers inside, within a step of onnxruntime', async (block) => {
    for (const seed of SEEDS) {
      const { model, x, step } = blockNetwork(block, seed);
      const { bytes, graph } = await imported(model);
      const compiled = compile(graph, { level: 'full' });
      expect(realValues(compiled), `seed ${seed}`).toEqual([]);
      const feeds = new Map([['x', x]]);
      const [actual] = referenceRun(compiled, feeds).values();
      const [expected] = (await ortRun(bytes, feeds)).values();
      expect(actual?.shape).toEqual(expected?.shape);
      const steps = Array.from(expected?.data ?? [], (v, i) =>
        Math.round(Math.abs(v - (actual?.data[i] ?? NaN)) / step),
      );
      expect(Math.max(...steps), `seed ${seed}`).toBeLessThanOrEqual(1);
      // Ties alone, of which a mean of four has many: what is rounded is the sum with the zero point, as QLinear operators do.
      expect(steps.filter((n) => n > 0).length, `seed ${seed}`).toBeLessThan(steps.length / 2);
    }
  });

  it.each(BLOCKS)('%s: the GPU gives the integers of the CPU reference', async (block) => {
    const { model, x } = blockNetwork(block, 7);
    const { bytes, graph } = await imported(model);
    const [expected] = referenceRun(compile(graph, { level: 'full' }), new Map([['x', x]])).values();
    using session = await Session.create(bytes, { backend: 'webgpu', gpu: device });
    const [actual] = Object.values(await session.run({ x }));
    expect(Array.from(actual?.data ?? [])).toEqual(Array.from(expected?.data ?? []));
  });
});
