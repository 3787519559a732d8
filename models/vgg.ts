/** VGG (arXiv:1409.1556): stacks of 3×3 convolutions, then three large fully connected layers. Names are torchvision's. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { Net, netOptions, type Feature, type NetOptions } from './blocks.ts';

/** Depths the paper publishes. */
export type VggDepth = 11 | 13 | 16 | 19;

/** Options of `vgg`. */
export interface VggOptions extends NetOptions {
  /** 16 by default. */
  readonly depth?: VggDepth;
  /** Units of each of the two hidden fully connected layers; 4096 by default, which is where most parameters are. */
  readonly hidden?: number;
}

/** Convolutions of each of the five stages (the paper's table 1, columns A, B, D, E). */
const LAYERS: { readonly [D in VggDepth]: readonly number[] } = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
};

const CHANNELS = [64, 128, 256, 512, 512];

/** Side of the map that the classifier takes. */
const SIDE = 7;

/**
 * Builds a VGG without batch normalisation. The classifier takes a 7×7 map: other sizes are averaged (or, from a single
 * pixel, spread) to it, so the resolution must be 32 to 63, or give a map that 7 divides: 224 to 255, 448 to 479 and so
 * on. Throws InputError on other resolutions and depths, on a bad `hidden`, and on weights that do not fit.
 */
export function vgg(options: VggOptions = {}): Graph {
  const given = netOptions('vgg', options, { depth: 'number', hidden: 'number' });
  const { depth = 16, hidden = 4096, resolution = 224 } = given;
  const layers: readonly number[] | undefined = LAYERS[depth];
  if (!layers) throw new InputError(`depth ${String(depth)}; VGG has ${Object.keys(LAYERS).join(', ')}`);
  if (!Number.isSafeInteger(hidden) || hidden < 1) throw new InputError(`hidden ${hidden} is not a positive integer`);
  const net = new Net(`vgg${depth}`, given);
  const side = Math.floor(resolution / 2 ** layers.length);
  let x = net.input;
  let index = 0;
  layers.forEach((count, stage) => {
    for (let i = 0; i < count; i++, index += 2) {
      const conv = { name: `features.${index}`, out: CHANNELS[stage] ?? 0, kernel: 3, bias: true };
      x = net.activate(net.conv(x, conv), RELU);
    }
    x = net.pool(x, { kind: 'MaxPool', kernel: 2, stride: 2 });
    index++;
  });
  x = net.flatten(toClassifierSide(net, x, side), SIDE ** 2);
  x = net.activate(net.linear(x, 'classifier.0', hidden, { pixels: SIDE ** 2 }), RELU);
  x = net.activate(net.linear(x, 'classifier.3', hidden), RELU);
  return net.finish(x, 'classifier.6');
}

function toClassifierSide(net: Net, x: Feature, side: number): Feature {
  if (side === SIDE) return x;
  if (side === 1) return net.spread(x, SIDE);
  const window = side / SIDE;
  if (side > 0 && Number.isInteger(window)) {
    return net.pool(x, { kind: 'AveragePool', kernel: window, stride: window });
  }
  throw new InputError(`VGG's last map would be ${side}x${side}, which is neither one pixel nor a multiple of 7`, {
    hint: 'Use a resolution of 32 to 63, 224 to 255, or 448 to 479',
  });
}
