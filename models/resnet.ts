/** ResNet (arXiv:1512.03385): layers that learn a residual on top of their input. Parameter names are torchvision's. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { Net, netOptions, type Feature, type NetOptions } from './blocks.ts';
import { deformable } from './deform.ts';
import { requirePositive } from './maps.ts';

/** Depths the paper publishes, up to 152 layers. */
export type ResnetDepth = 18 | 34 | 50 | 101 | 152;

/** Options of `resnet`. */
export interface ResnetOptions extends NetOptions {
  /** 50 by default. */
  readonly depth?: ResnetDepth;
}

/** Options of `deformableResnet`. */
export interface DeformableResnetOptions extends NetOptions {
  /** 18 by default. */
  readonly depth?: ResnetDepth;
  /** Multiplier of channels; 1 by default. */
  readonly width?: number;
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

/**
 * Builds a ResNet whose 3×3 convolutions from the second stage on are deformable, with masks (arXiv:1811.11168). Beside what
 * `resnet` has, parameters are those of mmcv: of each of these `NAME.conv_offset.weight` and `.bias`. Throws as `resnet` does,
 * and on a width that is not positive.
 */
export function deformableResnet(options: DeformableResnetOptions = {}): Graph {
  const given = netOptions('deformableResnet', options, { depth: 'number', width: 'number' });
  const { depth = 18, width = 1 } = given;
  requirePositive('width', width);
  const net = new Net(`deformable_resnet${depth}`, given);
  const maps = resnetMaps(net, '', depth, { width, deformable: true });
  return net.finish(net.flatten(net.average(maps.at(-1) ?? net.input)), 'fc');
}

/** What may be otherwise in the stages of a ResNet. */
export interface ResnetStages {
  /** Multiplier of channels; 1 by default. */
  readonly width?: number;
  /** The last stage leaves the extents as they are, with holes in its windows instead; false by default. */
  readonly dilated?: boolean;
  /** From the second stage on 3×3 convolutions are deformable; false by default. */
  readonly deformable?: boolean;
}

/** The maps of the four stages, whose parameters' names begin with `prefix`. Throws InputError on another depth. */
export function resnetMaps(
  net: Net,
  prefix: string,
  depth: ResnetDepth,
  { width = 1, dilated = false, deformable = false }: ResnetStages = {},
): Feature[] {
  const base = Math.max(1, Math.round(64 * width));
  const blocks: (typeof BLOCKS)[50] | undefined = BLOCKS[depth];
  if (!blocks) throw new InputError(`depth ${String(depth)}; ResNet has ${Object.keys(BLOCKS).join(', ')}`);
  const stem = { name: `${prefix}conv1`, out: base, kernel: 7, stride: 2 };
  let x = net.pool3(net.convNorm(net.input, stem, `${prefix}bn1`, RELU), 'MaxPool');
  const block = depth < 50 ? basicBlock : bottleneck;
  return blocks.map((count, stage) => {
    const holes = dilated && stage === blocks.length - 1;
    for (let i = 0; i < count; i++) {
      x = block(net, x, {
        name: `${prefix}layer${stage + 1}.${i}`,
        width: base * 2 ** stage,
        stride: i === 0 && stage > 0 && !holes ? 2 : 1,
        dilation: holes ? 2 : 1,
        deformable: deformable && stage > 0,
      });
    }
    return x;
  });
}

interface Block {
  readonly name: string;
  /** Channels of its 3×3 convolutions. */
  readonly width: number;
  readonly stride: number;
  readonly dilation: number;
  readonly deformable: boolean;
}

/** Convolution `conv` of a block, 3×3, and its normalisation. */
function window3(net: Net, x: Feature, { name, width, ...block }: Block, conv: 1 | 2, stride: number): Feature {
  const spec = { name: `${name}.conv${conv}`, out: width, kernel: 3, stride, dilation: block.dilation };
  const y = block.deformable ? deformable(net, x, spec) : net.conv(x, spec);
  return net.norm(y, `${name}.bn${conv}`);
}

function basicBlock(net: Net, x: Feature, block: Block): Feature {
  const y = net.activate(window3(net, x, block, 1, block.stride), RELU);
  return joined(net, x, window3(net, y, block, 2, 1), block);
}

function bottleneck(net: Net, x: Feature, block: Block): Feature {
  const { name, width, stride } = block;
  let y = net.convNorm(x, { name: `${name}.conv1`, out: width }, `${name}.bn1`, RELU);
  y = net.activate(window3(net, y, block, 2, stride), RELU);
  y = net.convNorm(y, { name: `${name}.conv3`, out: EXPANSION * width }, `${name}.bn3`);
  return joined(net, x, y, block);
}

/** ReLU of the sum of input and residual; a projection fits the input where extents or channels change. */
function joined(net: Net, x: Feature, y: Feature, { name, stride }: Block): Feature {
  const fits = stride === 1 && x.channels === y.channels;
  const projection = { name: `${name}.downsample.0`, out: y.channels, stride };
  const shortcut = fits ? x : net.convNorm(x, projection, `${name}.downsample.1`);
  return net.activate(net.combine('add', shortcut, y), RELU);
}
