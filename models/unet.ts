/**
 * U-Net (arXiv:1505.04597): a map that shrinks four times and grows four times, each larger one joined with the one it
 * came from. Parameter names are those of the widely used PyTorch network (milesial/Pytorch-UNet).
 */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { netOptions, type Feature, type NetOptions } from './blocks.ts';
import { MapNet, requirePositive } from './maps.ts';

/** Options of `unet`. */
export interface UnetOptions extends NetOptions {
  /** How maps grow: transposed convolutions, as in the paper (the default), or bilinear with half the channels. */
  readonly growth?: 'transposed' | 'bilinear';
  /** Multiplier of all channels; 1 (64 to 1024) by default. */
  readonly width?: number;
}

const DEPTH = 4;

/**
 * Builds a U-Net of 2 classes (by default) for pictures of 572 pixels: `logits` float32 `[batch, resolution, resolution,
 * classes]`. Other than in the paper, convolutions are padded and normalised, as all keep it since, so that a picture has
 * as many logits as pixels; a grown map that is a pixel short is padded. Throws InputError on a width that is not
 * positive, a resolution below 16, and weights that do not fit.
 */
export function unet(options: UnetOptions = {}): Graph {
  const given = netOptions('unet', options, { growth: ['transposed', 'bilinear'], width: 'number' });
  const { growth = 'transposed', width = 1, resolution = 572 } = given;
  requirePositive('width', width);
  if (resolution < 2 ** DEPTH) throw new InputError(`resolution ${resolution} is below ${2 ** DEPTH}`);
  const net = new MapNet(`unet_${growth}`, { classes: 2, ...given, resolution });
  const channels = (level: number): number => Math.max(2, Math.round(32 * width) * 2) * 2 ** level;
  const bilinear = growth === 'bilinear';
  let x = twice(net, net.input, 'inc', channels(0));
  const skips: { readonly x: Feature; readonly side: number }[] = [];
  let side = resolution;
  for (let level = 1; level <= DEPTH; level++) {
    skips.push({ x, side });
    side = Math.floor(side / 2);
    const out = channels(level) / (bilinear && level === DEPTH ? 2 : 1);
    x = twice(net, net.pool(x, { kind: 'MaxPool', kernel: 2, stride: 2 }), `down${level}.maxpool_conv.1`, out);
  }
  for (let level = 1; level <= DEPTH; level++) {
    const skip = skips[DEPTH - level];
    if (!skip) continue;
    const out = channels(DEPTH - level);
    const up = bilinear
      ? net.resize(x, 2 * side, 'corners')
      : net.transposed(x, { name: `up${level}.up`, out, kernel: 2, stride: 2, bias: true });
    const short = skip.side - 2 * side;
    const grown = short === 0 ? up : net.border(up, Math.floor(short / 2), Math.ceil(short / 2));
    side = skip.side;
    // The bilinear network has no convolution that halves the channels before they are joined: it halves them here.
    const shape = bilinear
      ? { middle: channels(DEPTH - level + 1) / 2, out: level === DEPTH ? out : out / 2 }
      : { middle: out, out };
    x = twice(net, net.concat(skip.x, grown), `up${level}.conv`, shape.out, shape.middle);
  }
  return net.outputs({ logits: net.conv(x, { name: 'outc.conv', out: net.classes, bias: true }) });
}

/** Two 3×3 convolutions, each normalised and rectified. */
function twice(net: MapNet, x: Feature, name: string, out: number, middle = out): Feature {
  const first = { name: `${name}.double_conv.0`, out: middle, kernel: 3 };
  const y = net.convNorm(x, first, `${name}.double_conv.1`, RELU);
  return net.convNorm(y, { name: `${name}.double_conv.3`, out, kernel: 3 }, `${name}.double_conv.4`, RELU);
}
