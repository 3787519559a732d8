/** ShuffleNet v2 (arXiv:1807.11164): channel split, equal widths, shuffle after concatenation. Names are torchvision's. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { Net, netOptions, type Feature, type NetOptions } from './blocks.ts';

/** Widths the paper publishes. */
export type ShuffleWidth = 0.5 | 1 | 1.5 | 2;

/** Options of `shufflenetV2`. */
export interface ShufflenetV2Options extends NetOptions {
  /** 1 by default. */
  readonly width?: ShuffleWidth;
}

/** Channels of stages 2, 3, 4 and of the last convolution (table 5; 1.5× and 2× as in the authors' released code). */
const CHANNELS: { readonly [W in ShuffleWidth]: readonly [number, number, number, number] } = {
  0.5: [48, 96, 192, 1024],
  1: [116, 232, 464, 1024],
  1.5: [176, 352, 704, 1024],
  2: [244, 488, 976, 2048],
};

const UNITS = [4, 8, 4];

/** Builds ShuffleNet v2. Throws InputError on an unpublished width and on weights that do not fit. */
export function shufflenetV2(options: ShufflenetV2Options = {}): Graph {
  const given = netOptions('shufflenetV2', options, { width: 'number' });
  const { width = 1 } = given;
  const channels: (typeof CHANNELS)[1] | undefined = CHANNELS[width];
  if (!channels) throw new InputError(`width ${String(width)}; ShuffleNet v2 has 0.5, 1, 1.5 and 2`);
  const net = new Net(`shufflenet_v2_${width}`, given);
  const stem = { name: 'conv1.0', out: 24, kernel: 3, stride: 2 };
  let x = net.pool3(net.convNorm(net.input, stem, 'conv1.1', RELU), 'MaxPool');
  UNITS.forEach((units, stage) => {
    for (let i = 0; i < units; i++) {
      const name = `stage${stage + 2}.${i}`;
      x = i === 0 ? downUnit(net, x, name, channels[stage] ?? 0) : unit(net, x, name);
    }
  });
  x = net.convNorm(x, { name: 'conv5.0', out: channels[3] }, 'conv5.1', RELU);
  return net.finish(net.flatten(net.average(x)), 'fc');
}

/** Half of the channels pass untouched. */
function unit(net: Net, x: Feature, name: string): Feature {
  const [kept, worked] = net.halve(x);
  return net.shuffle(net.concat(kept, branch2(net, worked, `${name}.branch2`, { out: worked.channels, stride: 1 })), 2);
}

/** Stride 2: both branches see all channels. */
function downUnit(net: Net, x: Feature, name: string, channels: number): Feature {
  const out = channels / 2;
  const depthwise = { name: `${name}.branch1.0`, out: x.channels, kernel: 3, stride: 2, group: x.channels };
  const short = net.convNorm(
    net.convNorm(x, depthwise, `${name}.branch1.1`),
    { name: `${name}.branch1.2`, out },
    `${name}.branch1.3`,
    RELU,
  );
  return net.shuffle(net.concat(short, branch2(net, x, `${name}.branch2`, { out, stride: 2 })), 2);
}

function branch2(net: Net, x: Feature, name: string, { out, stride }: { out: number; stride: number }): Feature {
  let y = net.convNorm(x, { name: `${name}.0`, out }, `${name}.1`, RELU);
  y = net.convNorm(y, { name: `${name}.3`, out, kernel: 3, stride, group: out }, `${name}.4`);
  return net.convNorm(y, { name: `${name}.5`, out }, `${name}.6`, RELU);
}
