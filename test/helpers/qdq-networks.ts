/** Architectures as `quantize` writes them: ONNX files with a QuantizeLinear and DequantizeLinear pair behind each value. */
import { mobilenetV2, mobilenetV3, resnet, shufflenetV2, type NetOptions } from '../../models/index.ts';
import { seededFeeds } from '../../src/cli/seeded-feeds.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { quantiseByFeeds } from './quantised-float.ts';

/** Those that are quantised here. */
export const QDQ_NETWORKS = {
  'MobileNet v2': mobilenetV2,
  'MobileNet v2, a third as wide': (o: NetOptions) => mobilenetV2({ ...o, width: 0.35 }),
  'MobileNet v3 small': (o: NetOptions) => mobilenetV3({ ...o, variant: 'small' }),
  'ShuffleNet v2, half as wide': (o: NetOptions) => shufflenetV2({ ...o, width: 0.5 }),
  'ResNet-18': (o: NetOptions) => resnet({ ...o, depth: 18 }),
} as const;

/** The name of one. */
export type QdqName = keyof typeof QDQ_NETWORKS;

/** A network on real numbers, and its file on integers. */
export interface QdqNetwork {
  readonly float: Graph;
  readonly files: ModelFiles & { readonly main: { readonly bytes: Uint8Array } };
}

/** A picture for a network, of numbers in [−1, 1). */
export function pictureFor(graph: Graph, seed: number): Map<string, Tensor> {
  return new Map(Object.entries(seededFeeds(graph.inputs, {}, seed)));
}

/** The network with weights a scale for each channel, calibrated on one picture of `calibrated` pixels a side. */
export async function qdqNetwork(
  name: QdqName,
  options: NetOptions,
  calibrated = options.resolution,
): Promise<QdqNetwork> {
  const build = QDQ_NETWORKS[name];
  const float = build(options);
  const small = build({ ...options, ...(calibrated === undefined ? {} : { resolution: calibrated }) });
  const { graph } = await quantiseByFeeds(float, pictureFor(small, 1), { perChannel: true, calibrated: small });
  const main = { name: 'qdq.onnx', bytes: toOnnx(graph) };
  return { float, files: { main, read: () => Promise.reject(new TypeError()) } };
}
