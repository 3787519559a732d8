/** MobileNet v3 (arXiv:1905.02244): searched blocks with squeeze-and-excitation and hard-swish. Names are torchvision's. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU, type Activation } from '../src/ir/ops.ts';
import { HARD_SIGMOID, HARD_SWISH, makeDivisible, Net, netOptions, type Feature, type NetOptions } from './blocks.ts';

/** Options of `mobilenetV3`. */
export interface MobilenetV3Options extends NetOptions {
  readonly variant?: 'small' | 'large';
  /** Width multiplier; 1 by default. */
  readonly width?: number;
}

type Row = readonly [kernel: number, expanded: number, out: number, gate: boolean, act: 'RE' | 'HS', stride: number];

/** The paper's table 1. */
const LARGE: readonly Row[] = [
  [3, 16, 16, false, 'RE', 1],
  [3, 64, 24, false, 'RE', 2],
  [3, 72, 24, false, 'RE', 1],
  [5, 72, 40, true, 'RE', 2],
  [5, 120, 40, true, 'RE', 1],
  [5, 120, 40, true, 'RE', 1],
  [3, 240, 80, false, 'HS', 2],
  [3, 200, 80, false, 'HS', 1],
  [3, 184, 80, false, 'HS', 1],
  [3, 184, 80, false, 'HS', 1],
  [3, 480, 112, true, 'HS', 1],
  [3, 672, 112, true, 'HS', 1],
  [5, 672, 160, true, 'HS', 2],
  [5, 960, 160, true, 'HS', 1],
  [5, 960, 160, true, 'HS', 1],
];

/** The paper's table 2. */
const SMALL: readonly Row[] = [
  [3, 16, 16, true, 'RE', 2],
  [3, 72, 24, false, 'RE', 2],
  [3, 88, 24, false, 'RE', 1],
  [5, 96, 40, true, 'HS', 2],
  [5, 240, 40, true, 'HS', 1],
  [5, 240, 40, true, 'HS', 1],
  [5, 120, 48, true, 'HS', 1],
  [5, 144, 48, true, 'HS', 1],
  [5, 288, 96, true, 'HS', 2],
  [5, 576, 96, true, 'HS', 1],
  [5, 576, 96, true, 'HS', 1],
];

/** Builds MobileNet v3, large by default. Throws InputError on a width ≤ 0 and on weights that do not fit. */
export function mobilenetV3(options: MobilenetV3Options = {}): Graph {
  const given = netOptions('mobilenetV3', options, { variant: ['small', 'large'], width: 'number' });
  const { variant = 'large', width = 1 } = given;
  if (!(width > 0)) throw new InputError(`width ${width} is not positive`);
  const net = new Net(`mobilenet_v3_${variant}_${width}`, given, 1e-3);
  const stem = { name: 'features.0.0', out: makeDivisible(16 * width), kernel: 3, stride: 2 };
  let x = net.convNorm(net.input, stem, 'features.0.1', HARD_SWISH);
  const rows = variant === 'large' ? LARGE : SMALL;
  rows.forEach((row, i) => {
    x = block(net, x, { name: `features.${i + 1}.block`, row, width });
  });
  const last = `features.${rows.length + 1}`;
  x = net.convNorm(x, { name: `${last}.0`, out: 6 * x.channels }, `${last}.1`, HARD_SWISH);
  x = net.linear(
    net.flatten(net.average(x)),
    'classifier.0',
    makeDivisible((variant === 'large' ? 1280 : 1024) * width),
  );
  return net.finish(net.activate(x, HARD_SWISH), 'classifier.3');
}

interface Block {
  readonly name: string;
  readonly row: Row;
  readonly width: number;
}

function block(net: Net, x: Feature, { name, row, width }: Block): Feature {
  const [kernel, expandedBase, outBase, gate, act, stride] = row;
  const expanded = makeDivisible(expandedBase * width);
  const out = makeDivisible(outBase * width);
  const activation: Activation = act === 'RE' ? RELU : HARD_SWISH;
  let layer = 0;
  let y = x;
  if (expanded !== x.channels) {
    y = net.convNorm(y, { name: `${name}.0.0`, out: expanded }, `${name}.0.1`, activation);
    layer++;
  }
  const depthwise = { name: `${name}.${layer}.0`, out: expanded, kernel, stride, group: expanded };
  y = net.convNorm(y, depthwise, `${name}.${layer}.1`, activation);
  layer++;
  if (gate) y = squeezeExcite(net, y, `${name}.${layer++}`);
  y = net.convNorm(y, { name: `${name}.${layer}.0`, out }, `${name}.${layer}.1`);
  return stride === 1 && x.channels === out ? net.combine('add', x, y) : y;
}

/** Channel gating (arXiv:1709.01507), by a hard sigmoid. The bottleneck is a quarter of the channels. */
function squeezeExcite(net: Net, x: Feature, name: string): Feature {
  const squeezed = makeDivisible(Math.floor(x.channels / 4));
  const hidden = net.activate(net.conv(net.average(x), { name: `${name}.fc1`, out: squeezed, bias: true }), RELU);
  const gate = net.activate(net.conv(hidden, { name: `${name}.fc2`, out: x.channels, bias: true }), HARD_SIGMOID);
  return net.combine('mul', x, gate);
}
