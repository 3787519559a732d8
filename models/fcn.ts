/**
 * Fully convolutional networks (arXiv:1411.4038): a VGG-16 whose classifier is convolutions, and transposed convolutions
 * back to the picture's size. Parameter names and paddings are those of the authors' Caffe networks.
 */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { netOptions, type Feature, type NetOptions } from './blocks.ts';
import { MapNet, requirePositive } from './maps.ts';

/** Options of `fcn`. */
export interface FcnOptions extends NetOptions {
  /** Pixels between two predictions: 32, or 8 (the default), which adds those of two earlier maps. */
  readonly stride?: 8 | 32;
  /** Multiplier of all channels; 1 (64 to 512, and 4096) by default. */
  readonly width?: number;
}

/** Convolutions and channels of the five stages of VGG-16. */
const STAGES: readonly (readonly [layers: number, channels: number])[] = [
  [2, 64],
  [2, 128],
  [3, 256],
  [3, 512],
  [3, 512],
];

/** Zeros around the picture, so that the 7×7 convolution at a 32nd of its size has what it needs. */
const BORDER = 100;

/**
 * Builds FCN-32s or FCN-8s for 21 classes (by default) and pictures of 500 pixels: `logits` float32 `[batch, resolution,
 * resolution, classes]`. Throws InputError on a stride that the builder does not have, a width that is not positive, and
 * weights that do not fit.
 */
export function fcn(options: FcnOptions = {}): Graph {
  const given = netOptions('fcn', options, { stride: 'number', width: 'number' });
  const { stride = 8, width = 1, resolution = 500 } = given;
  if (stride !== 8 && stride !== 32) throw new InputError(`stride ${String(stride)}; FCN has 8 and 32 here`);
  requirePositive('width', width);
  const net = new MapNet(`fcn${stride}s`, { classes: 21, ...given, resolution });
  const thin = (channels: number): number => Math.max(1, Math.round(channels * width));
  const pools: Feature[] = [];
  let x = net.input;
  STAGES.forEach(([layers, channels], i) => {
    for (let j = 0; j < layers; j++) {
      const pad = i === 0 && j === 0 ? BORDER : 1;
      const conv = { name: `conv${i + 1}_${j + 1}`, out: thin(channels), kernel: 3, bias: true, pad };
      x = net.activate(net.conv(x, conv), RELU);
    }
    x = net.pool(x, { kind: 'MaxPool', kernel: 2, stride: 2, ceil: true });
    pools.push(x);
  });
  x = net.activate(net.conv(x, { name: 'fc6', out: thin(4096), kernel: 7, bias: true, pad: 0 }), RELU);
  x = net.activate(net.conv(x, { name: 'fc7', out: thin(4096), bias: true }), RELU);
  const scores = net.conv(x, { name: 'score_fr', out: net.classes, bias: true });
  const { name, kernel, start, map } =
    stride === 32
      ? { name: 'upscore', kernel: 64, start: 19, map: scores }
      : { name: 'upscore8', kernel: 16, start: 31, map: refined(net, scores, pools, resolution) };
  const large = net.transposed(map, { name, out: net.classes, kernel, stride });
  return net.outputs({ logits: net.crop(large, start, resolution) });
}

/** Scores at an eighth of the size: twice enlarged, and added to what an earlier map says of the same place. */
function refined(net: MapNet, scores: Feature, pools: readonly Feature[], resolution: number): Feature {
  let side = resolution + 2 * (BORDER - 1);
  const sides = STAGES.map(() => (side = Math.ceil(side / 2)));
  let map = scores;
  let extent = (sides[4] ?? 0) - 6;
  for (const { level, start, up } of [
    { level: 4, start: 5, up: 'upscore2' },
    { level: 3, start: 9, up: 'upscore_pool4' },
  ]) {
    const pooled = pools[level - 1];
    if (!pooled) continue;
    map = net.transposed(map, { name: up, out: net.classes, kernel: 4, stride: 2 });
    extent = 2 * extent + 2;
    const earlier = net.conv(pooled, { name: `score_pool${level}`, out: net.classes, bias: true });
    map = net.combine('add', map, net.crop(earlier, start, extent));
  }
  return map;
}
