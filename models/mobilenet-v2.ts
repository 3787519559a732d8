/** MobileNet v2 (arXiv:1801.04381): inverted residuals with linear bottlenecks. Parameter names are torchvision's. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU6 } from '../src/ir/ops.ts';
import { makeDivisible, Net, netOptions, type Feature, type NetOptions } from './blocks.ts';

/** Options of `mobilenetV2`. */
export interface MobilenetV2Options extends NetOptions {
  /** Width multiplier; published ones run from 0.35 to 1.4. */
  readonly width?: number;
}

/** The paper's table 2: expansion t, channels c, repeats n, stride s of the first. */
const STAGES: readonly (readonly [t: number, c: number, n: number, s: number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** The stem and all blocks; the head has the next number. */
const BLOCKS = STAGES.reduce((sum, [, , repeats]) => sum + repeats, 1);

/** Builds MobileNet v2. Throws InputError on a width ≤ 0 and on weights that do not fit. */
export function mobilenetV2(options: MobilenetV2Options = {}): Graph {
  const given = netOptions('mobilenetV2', options, { width: 'number' });
  const { width = 1 } = given;
  if (!(width > 0)) throw new InputError(`width ${width} is not positive`);
  const net = new Net(`mobilenet_v2_${width}`, given);
  const body = mobilenetV2Maps(net, 'features', width).at(-1) ?? net.input;
  // Narrow networks keep the full-width head: it is where their accuracy is.
  const head = { name: `features.${BLOCKS}.0`, out: makeDivisible(1280 * Math.max(1, width)) };
  const x = net.convNorm(body, head, `features.${BLOCKS}.1`, RELU6);
  return net.finish(net.flatten(net.average(x)), 'classifier.1');
}

/**
 * The maps of the stem and of each block, whose parameters are `prefix.0` and so on. Where the picture has shrunk by
 * `outputStride`, later strides become dilations (arXiv:1706.05587).
 */
export function mobilenetV2Maps(net: Net, prefix: string, width: number, outputStride = 32): Feature[] {
  const stem = { name: `${prefix}.0.0`, out: makeDivisible(32 * width), kernel: 3, stride: 2 };
  let x = net.convNorm(net.input, stem, `${prefix}.0.1`, RELU6);
  const maps = [x];
  let [reached, dilation] = [2, 1];
  for (const [expansion, channels, repeats, s] of STAGES) {
    const shrinks = reached * s <= outputStride;
    // The block that would have shrunk the map still looks at neighbours as far as those before it.
    const before = dilation;
    if (shrinks) reached *= s;
    else dilation *= s;
    for (let i = 0; i < repeats; i++) {
      const block = {
        name: `${prefix}.${maps.length}.conv`,
        expansion,
        out: makeDivisible(channels * width),
        stride: i === 0 && shrinks ? s : 1,
        dilation: i === 0 ? before : dilation,
      };
      x = invertedResidual(net, x, block);
      maps.push(x);
    }
  }
  return maps;
}

interface Block {
  readonly name: string;
  readonly expansion: number;
  readonly out: number;
  readonly stride: number;
  readonly dilation: number;
}

function invertedResidual(net: Net, x: Feature, { name, expansion, out, stride, dilation }: Block): Feature {
  const hidden = Math.round(x.channels * expansion);
  let y = x;
  let layer = 0;
  if (expansion !== 1) {
    y = net.convNorm(y, { name: `${name}.0.0`, out: hidden }, `${name}.0.1`, RELU6);
    layer = 1;
  }
  const depthwise = { name: `${name}.${layer}.0`, out: hidden, kernel: 3, stride, group: hidden, dilation };
  y = net.convNorm(y, depthwise, `${name}.${layer}.1`, RELU6);
  y = net.convNorm(y, { name: `${name}.${layer + 1}`, out }, `${name}.${layer + 2}`);
  return stride === 1 && x.channels === out ? net.combine('add', x, y) : y;
}
