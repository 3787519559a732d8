/** ResNet (arXiv:1512.03385): layers that learn a residual on top of their input. Parameter names are torchvision's. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { Net, netOptions, type Feature, type NetOptions } from './blocks.ts';

/** Depths the paper publishes, up to 152 layers. */
export type ResnetDepth = 18 | 34 | 50 | 101 | 152;

/** Options of `resnet`. */
export interface ResnetOptions extends NetOptions {
  /** 50 by default. */
  readonly depth?: ResnetDepth;
}

/** Blocks of stages 1 to 4 (the paper's table 1). */
const BLOCKS: { readonly [D in ResnetDepth]: readonly [number, number, number, number] } = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
};

/** A bottleneck's output has this many times the channels of its 3×3 convolution. */
const EXPANSION = 4;

/**
 * Builds a ResNet. Bottlenecks (from depth 50 on) have their stride in the 3×3 convolution, as torchvision has it and
 * its trained weights need it ("v1.5"); the paper put it in the first 1×1. Throws InputError on another depth and on
 * weights that do not fit.
 */
export function resnet(options: ResnetOptions = {}): Graph {
  const given = netOptions('resnet', options, { depth: 'number' });
  const { depth = 50 } = given;
  const net = new Net(`resnet${depth}`, given);
  return net.finish(net.flatten(net.average(resnetMaps(net, '', depth).at(-1) ?? net.input)), 'fc');
}

/** The maps of the four stages, whose parameters' names begin with `prefix`, of `width` times the channels. Throws InputError on another depth. */
export function resnetMaps(net: Net, prefix: string, depth: ResnetDepth, width = 1): Feature[] {
  const base = Math.max(1, Math.round(64 * width));
  const blocks: (typeof BLOCKS)[50] | undefined = BLOCKS[depth];
  if (!blocks) throw new InputError(`depth ${String(depth)}; ResNet has ${Object.keys(BLOCKS).join(', ')}`);
  const stem = { name: `${prefix}conv1`, out: base, kernel: 7, stride: 2 };
  let x = net.pool3(net.convNorm(net.input, stem, `${prefix}bn1`, RELU), 'MaxPool');
  const block = depth < 50 ? basicBlock : bottleneck;
  return blocks.map((count, stage) => {
    for (let i = 0; i < count; i++) {
      const stride = i === 0 && stage > 0 ? 2 : 1;
      x = block(net, x, { name: `${prefix}layer${stage + 1}.${i}`, width: base * 2 ** stage, stride });
    }
    return x;
  });
}

interface Block {
  readonly name: string;
  /** Channels of its 3×3 convolutions. */
  readonly width: number;
  readonly stride: number;
}

function basicBlock(net: Net, x: Feature, { name, width, stride }: Block): Feature {
  let y = net.convNorm(x, { name: `${name}.conv1`, out: width, kernel: 3, stride }, `${name}.bn1`, RELU);
  y = net.convNorm(y, { name: `${name}.conv2`, out: width, kernel: 3 }, `${name}.bn2`);
  return joined(net, x, y, { name, stride });
}

function bottleneck(net: Net, x: Feature, { name, width, stride }: Block): Feature {
  let y = net.convNorm(x, { name: `${name}.conv1`, out: width }, `${name}.bn1`, RELU);
  y = net.convNorm(y, { name: `${name}.conv2`, out: width, kernel: 3, stride }, `${name}.bn2`, RELU);
  y = net.convNorm(y, { name: `${name}.conv3`, out: EXPANSION * width }, `${name}.bn3`);
  return joined(net, x, y, { name, stride });
}

/** ReLU of the sum of input and residual; a projection fits the input where extents or channels change. */
function joined(net: Net, x: Feature, y: Feature, { name, stride }: Omit<Block, 'width'>): Feature {
  const fits = stride === 1 && x.channels === y.channels;
  const projection = { name: `${name}.downsample.0`, out: y.channels, stride };
  const shortcut = fits ? x : net.convNorm(x, projection, `${name}.downsample.1`);
  return net.activate(net.combine('add', shortcut, y), RELU);
}
