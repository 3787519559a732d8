/** The layers of the benchmark's networks, distinct ones once, with weights that cost nothing to make. */
import { compileGraph } from '../../src/session/compile-graph.ts';
import type { WeightSource } from '../../models/weights.ts';
import type { DeviceProfile } from '../../src/core/limits.ts';
import { elementCount } from '../../src/core/tensor.ts';
import { WIDE } from '../../src/plan/arrangement/storages.ts';
import { tunables, type Tunable, type TunableOptions } from '../../src/plan/tunables.ts';
import { product } from '../../src/util/arrays.ts';
import { randomSource } from '../../src/util/random.ts';
import { NETWORKS, type NetworkName } from '../models/networks.ts';

/** Operators that multiply and add: what the benchmark is about. */
const PRODUCERS = new Set(['Conv', 'Gemm', 'MatMul']);

/** Numbers repeated through every weight: times do not depend on them, as long as none is denormal. */
const PATTERN = 65521;

/** Convolutions and products of a network, by signature, as they are planned on a device. */
export async function layersOf(
  model: NetworkName,
  batch: number,
  device: DeviceProfile,
  options: TunableOptions = {},
): Promise<Tunable[]> {
  const network = NETWORKS[model].build({ batch, weights: quickWeights() });
  const graph = await compileGraph(network, { level: 'full', device });
  if (options.float16) await WIDE.load();
  return tunables(graph, device, { fewest: 1, ...options }).filter(({ op }) => PRODUCERS.has(op));
}

/** Weights of the size trained ones have: uniform, scaled by their fan-in; batch normalisation does nothing much. */
function quickWeights(): WeightSource {
  const random = randomSource(1);
  const pattern = Float32Array.from({ length: PATTERN }, () => random() * 2 - 1);
  return {
    get: (name, shape) => {
      const data = new Float32Array(elementCount(shape));
      if (shape.length === 1) {
        data.fill(name.endsWith('.bias') || name.endsWith('.running_mean') ? 0.125 : 1);
        return { dtype: 'float32', shape, data };
      }
      const scale = Math.sqrt(6 / Math.max(1, product(shape.slice(1))));
      const scaled = pattern.map((v) => v * scale);
      for (let at = 0; at < data.length; at += PATTERN) data.set(scaled.subarray(0, data.length - at), at);
      return { dtype: 'float32', shape, data };
    },
  };
}
