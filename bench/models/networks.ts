/** The networks of the model benchmark, with seeded weights: trained ones change no time. */
import {
  inceptionV3,
  mobilenetV1,
  mobilenetV2,
  mobilenetV3,
  resnet,
  shufflenetV1,
  shufflenetV2,
  squeezenet,
  vgg,
  type NetOptions,
} from '../../models/index.ts';
import type { Graph } from '../../src/ir/graph.ts';

/** One network. */
export interface Network {
  /** As people write it. */
  readonly title: string;
  readonly build: (options: NetOptions) => Graph;
}

/** By the name on the command line, smallest first. */
export const NETWORKS = {
  'shufflenet-v1': { title: 'ShuffleNet v1, 3 groups', build: shufflenetV1 },
  'shufflenet-v2': { title: 'ShuffleNet v2', build: shufflenetV2 },
  'mobilenet-v3-large': { title: 'MobileNet v3 large', build: (o) => mobilenetV3({ ...o, variant: 'large' }) },
  'mobilenet-v2': { title: 'MobileNet v2', build: mobilenetV2 },
  'squeezenet-1.1': { title: 'SqueezeNet 1.1', build: (o) => squeezenet({ ...o, version: '1.1' }) },
  'mobilenet-v1': { title: 'MobileNet v1', build: mobilenetV1 },
  'resnet-18': { title: 'ResNet-18', build: (o) => resnet({ ...o, depth: 18 }) },
  'resnet-50': { title: 'ResNet-50', build: (o) => resnet({ ...o, depth: 50 }) },
  'inception-v3': { title: 'Inception v3', build: inceptionV3 },
  'vgg-16': { title: 'VGG-16', build: (o) => vgg({ ...o, depth: 16 }) },
} as const satisfies Readonly<Record<string, Network>>;

/** Name of a network on the command line. */
export type NetworkName = keyof typeof NETWORKS;

/** All names, in the order they run. */
export const NETWORK_NAMES = Object.keys(NETWORKS).filter((name): name is NetworkName => name in NETWORKS);
