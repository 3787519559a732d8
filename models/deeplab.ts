/**
 * DeepLab v3 (arXiv:1706.05587) and v3+ (arXiv:1802.02611) on MobileNet v2: dilated convolutions at several rates over
 * a map that stays large. Parameter names are in torchvision's style for v3.
 */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { makeDivisible, netOptions, type Feature, type NetOptions } from './blocks.ts';
import { MapNet, requirePositive } from './maps.ts';
import { bottleneckNames, mobilenetV2Maps } from './mobilenet-v2.ts';

/** Options of `deeplabV3`. */
export interface DeeplabV3Options extends NetOptions {
  /** Pixels of the picture for one of the last map; 16 by default. */
  readonly outputStride?: 8 | 16;
  /** Multiplier of all channels; 1 by default. */
  readonly width?: number;
  /** Whether there are 3×3 convolutions at three dilations, beside the 1×1 and the mean; true by default. */
  readonly pyramid?: boolean;
}

/** Options of `deeplabV3Plus`. */
export type DeeplabV3PlusOptions = Omit<DeeplabV3Options, 'pyramid'>;

interface Atrous {
  readonly outputStride: 8 | 16;
  readonly width: number;
  readonly pyramid: boolean;
  readonly resolution: number;
}

/**
 * Builds DeepLab v3 for 21 classes (by default) and pictures of 513 pixels: `logits` float32 `[batch, resolution,
 * resolution, classes]`, as the paper of MobileNet v2 has it (arXiv:1801.04381, section 6.3): the head stands on the map of
 * 320 channels. Names: `backbone.N`, `classifier.0.convs.N`, `classifier.0.project`, `classifier.1`. Throws
 * InputError on another stride, a width that is not positive, and weights that do not fit.
 */
export function deeplabV3(options: DeeplabV3Options = {}): Graph {
  const rules = { outputStride: 'number', width: 'number', pyramid: 'boolean' } as const;
  const given = netOptions('deeplabV3', options, rules);
  const shape = atrous(given);
  const net = new MapNet('deeplab_v3_mobilenet_v2', { classes: 21, ...given, resolution: shape.resolution });
  const maps = mobilenetV2Maps(net, bottleneckNames('backbone'), shape.width, shape.outputStride);
  const y = atrousPyramid(net, last(maps), 'classifier.0', shape);
  const logits = net.conv(y, { name: 'classifier.1', out: net.classes, bias: true });
  return net.outputs({ logits: net.resize(logits, shape.resolution, 'bilinear') });
}

/**
 * Builds DeepLab v3+ for 21 classes (by default) and pictures of 513 pixels: v3's map, enlarged to a quarter of the
 * picture and joined with the early map of that size, then two 3×3 convolutions (the paper's table 2): `logits` float32
 * `[batch, resolution, resolution, classes]`. Names: `backbone.N`, `aspp`, `project.0` and `.1` of the early map,
 * `classifier.0`, `.1`, `.3`, `.4` and `.6`. Throws InputError as `deeplabV3` does.
 */
export function deeplabV3Plus(options: DeeplabV3PlusOptions = {}): Graph {
  const given = netOptions('deeplabV3Plus', options, { outputStride: 'number', width: 'number' });
  const shape = atrous(given);
  const net = new MapNet('deeplab_v3_plus_mobilenet_v2', { classes: 21, ...given, resolution: shape.resolution });
  const maps = mobilenetV2Maps(net, bottleneckNames('backbone'), shape.width, shape.outputStride);
  const deep = atrousPyramid(net, last(maps), 'aspp', shape);
  const early = maps[EARLY] ?? net.input;
  const edges = { name: 'project.0', out: makeDivisible(48 * shape.width) };
  const quarter = net.resize(deep, Math.ceil(shape.resolution / 4), 'bilinear');
  let x = net.concat(net.convNorm(early, edges, 'project.1', RELU), quarter);
  for (const [conv, norm] of [
    ['classifier.0', 'classifier.1'],
    ['classifier.3', 'classifier.4'],
  ] as const) {
    x = net.convNorm(x, { name: conv, out: deep.channels, kernel: 3 }, norm, RELU);
  }
  const logits = net.conv(x, { name: 'classifier.6', out: net.classes, bias: true });
  return net.outputs({ logits: net.resize(logits, shape.resolution, 'bilinear') });
}

/** The last block of MobileNet v2 at a quarter of the picture's size. */
const EARLY = 3;

const last = (maps: readonly Feature[]): Feature => maps.at(-1) ?? { name: '', channels: 0 };

function atrous({ outputStride = 16, width = 1, pyramid = true, resolution = 513 }: DeeplabV3Options): Atrous {
  if (outputStride !== 8 && outputStride !== 16) {
    throw new InputError(`outputStride ${String(outputStride)}; DeepLab has 8 and 16`);
  }
  requirePositive('width', width);
  return { outputStride, width, pyramid, resolution };
}

/** Atrous spatial pyramid pooling: the map at several dilations, and its mean, which is the same everywhere. */
function atrousPyramid(
  net: MapNet,
  x: Feature,
  name: string,
  { outputStride, width, pyramid, resolution }: Atrous,
): Feature {
  const out = makeDivisible(256 * width);
  const rates = pyramid ? [6, 12, 18].map((rate) => (rate * 16) / outputStride) : [];
  const parts = [net.convNorm(x, { name: `${name}.convs.0.0`, out }, `${name}.convs.0.1`, RELU)];
  rates.forEach((dilation, i) => {
    const conv = { name: `${name}.convs.${i + 1}.0`, out, kernel: 3, dilation };
    parts.push(net.convNorm(x, conv, `${name}.convs.${i + 1}.1`, RELU));
  });
  const branch = `${name}.convs.${rates.length + 1}`;
  const mean = net.convNorm(net.average(x), { name: `${branch}.1`, out }, `${branch}.2`, RELU);
  parts.push(net.spread(mean, Math.ceil(resolution / outputStride)));
  return net.convNorm(net.concat(...parts), { name: `${name}.project.0`, out }, `${name}.project.1`, RELU);
}
