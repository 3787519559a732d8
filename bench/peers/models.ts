/** The networks of the comparison, each as the files its peers load, and the picture they all get. */
import { InputError } from '../../src/core/errors.ts';
import { importModel } from '../../src/formats/detect.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { product } from '../../src/util/arrays.ts';
import { randomSource } from '../../src/util/random.ts';
import { quantisedOnnx } from '../lib/quantised.ts';
import { mobilenetV1 } from '../../models/mobilenet-v1.ts';
import { mobilenetV2 } from '../../models/mobilenet-v2.ts';
import { resnet } from '../../models/resnet.ts';
import { shufflenetV2 } from '../../models/shufflenet-v2.ts';
import { channelsFirst, toOnnxFile } from './onnx-file.ts';
import { foldedGraph, readLayers, type LayerNet } from './layers.ts';
import { mapRanges } from './map-ranges.ts';
import { toTfjsFiles } from './tfjs-file.ts';
import { toTfliteFile } from './tflite-file.ts';

/** One network: its builder, and about how long measuring it takes, relative to MobileNet v2. */
interface Network {
  readonly build: () => Graph;
  readonly effort: number;
}

/** Networks by the name the command line uses. Batch 1, 224×224 pixels, 1000 classes, seeded weights. */
const NETWORKS = {
  'mobilenet-v1': { build: () => mobilenetV1(), effort: 1.2 },
  'mobilenet-v2': { build: () => mobilenetV2(), effort: 1 },
  'resnet-18': { build: () => resnet({ depth: 18 }), effort: 2.2 },
  'resnet-50': { build: () => resnet({ depth: 50 }), effort: 5 },
  'shufflenet-v2': { build: () => shufflenetV2(), effort: 0.7 },
} as const satisfies Readonly<Record<string, Network>>;

/** Name of a network. */
export type ModelName = keyof typeof NETWORKS;

/** Every name, and the ones that run when none is given. */
export const MODEL_NAMES = Object.keys(NETWORKS) as readonly ModelName[];
export const DEFAULT_MODELS: readonly ModelName[] = ['mobilenet-v2', 'resnet-18', 'shufflenet-v2'];

/** The share of the time that each of these networks gets; they sum to 1. */
export function timeShares(names: readonly ModelName[]): readonly number[] {
  const efforts = names.map((name) => NETWORKS[name].effort);
  const all = efforts.reduce((sum, effort) => sum + effort, 0);
  return efforts.map((effort) => effort / all);
}

/** Files of one network in every format, and one input in both layouts. */
export interface PeerModel {
  readonly name: string;
  /** Whether its ONNX and TFLite files compute on integers. */
  readonly quantised: boolean;
  readonly onnx: Uint8Array;
  readonly tfjsJson: Uint8Array;
  readonly tfjsWeights: Uint8Array;
  readonly tflite: Uint8Array;
  readonly inputShape: readonly number[];
  /** The same picture `[N, H, W, C]` and `[N, C, H, W]`, float32. */
  readonly inputLast: Float32Array;
  readonly inputFirst: Float32Array;
}

/** The files of a network by name, on integers if wanted. Rejects with InputError for one there is not. */
export async function peerModel(name: string, quantised = false): Promise<PeerModel> {
  const known = MODEL_NAMES.find((n) => n === name);
  if (!known) throw new InputError(`there is no model "${name}"`, { hint: `Models: ${MODEL_NAMES.join(', ')}` });
  return writeModel(known, NETWORKS[known].build(), quantised);
}

/**
 * The files of a graph of `models/`. On integers, ONNX is what `quantize` makes of the plain file, and TFLite what its
 * converter would leave; TensorFlow.js has no such form.
 */
export async function writeModel(name: string, graph: Graph, quantised = false): Promise<PeerModel> {
  const folded = await foldedGraph(graph);
  const net = readLayers(folded);
  const { json, weights } = toTfjsFiles(net);
  const inputLast = picture(net.input.shape);
  const inputFirst = moveChannels(inputLast, net.input.shape);
  const onnx = toOnnxFile(net);
  return {
    name,
    quantised,
    onnx: quantised ? await quantisedFile(onnx, net, inputFirst) : onnx,
    tfjsJson: json,
    tfjsWeights: weights,
    tflite: toTfliteFile(net, quantised ? await mapRanges(folded, net, inputLast) : undefined),
    inputShape: net.input.shape,
    inputLast,
    inputFirst,
  };
}

const alone = (name: string): Promise<never> => Promise.reject(new InputError(`the file wants another, ${name}`));

/** An ONNX file on integers, calibrated on the picture that is measured with. */
async function quantisedFile(bytes: Uint8Array, { input }: LayerNet, picture: Float32Array): Promise<Uint8Array> {
  const { graph } = await importModel({ main: { name: 'model.onnx', bytes }, read: alone });
  return quantisedOnnx(graph, { [input.name]: { dtype: 'float32', shape: channelsFirst(input), data: picture } });
}

/** Seeded noise in the range of a normalised picture. */
function picture(shape: readonly number[]): Float32Array {
  const random = randomSource(7);
  return Float32Array.from({ length: product(shape) }, () => 4 * random() - 2);
}

function moveChannels(last: Float32Array, shape: readonly number[]): Float32Array {
  const [n = 0, c = 0, h = 0, w = 0] = channelsFirst({ shape });
  const first = new Float32Array(last.length);
  const plane = h * w;
  for (let image = 0; image < n; image++) {
    for (let p = 0; p < plane; p++) {
      for (let k = 0; k < c; k++) first[(image * c + k) * plane + p] = last[(image * plane + p) * c + k] ?? 0;
    }
  }
  return first;
}
