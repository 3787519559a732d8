/** MobileNet v2 (arXiv:1801.04381): inverted residuals with linear bottlenecks. Parameter names are torchvision's. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU6, type Activation } from '../src/ir/ops.ts';
import { makeDivisible, Net, netOptions, type ConvSpec, type Feature, type NetOptions } from './blocks.ts';

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
  const body = mobilenetV2Maps(net, bottleneckNames('features'), width).at(-1) ?? net.input;
  // Narrow networks keep the full-width head: it is where their accuracy is.
  const head = { name: `features.${BLOCKS}.0`, out: makeDivisible(1280 * Math.max(1, width)) };
  const x = net.convNorm(body, head, `features.${BLOCKS}.1`, RELU6);
  return net.finish(net.flatten(net.average(x)), 'classifier.1');
}

/** The convolutions of a block. */
type BottleneckPart = 'expand' | 'depthwise' | 'project';

/** How the parameters of a stem (block 0) and of bottlenecks are called, and their padding: what PyTorch has unless it says. */
export interface BottleneckNames {
  /** A convolution's name, and that of its normalisation. `position` counts the convolutions of the block. */
  readonly of: (block: number, part: BottleneckPart, position: number) => readonly [conv: string, norm: string];
  readonly pad?: 'same';
}

/** The names of torchvision, whose convolutions lie in sequences with what follows them but for the last. */
export function bottleneckNames(prefix: string): BottleneckNames {
  return {
    of: (block, part, position) => {
      if (block === 0) return [`${prefix}.0.0`, `${prefix}.0.1`];
      const name = `${prefix}.${block}.conv.${position}`;
      return part === 'project' ? [name, `${prefix}.${block}.conv.${position + 1}`] : [`${name}.0`, `${name}.1`];
    },
  };
}

/** What a block gives, and its map at its widest. */
export interface BottleneckMap extends Feature {
  readonly expanded: Feature;
}

/** The maps of the stem and of each block. Where the picture has shrunk by `outputStride`, later strides become dilations (arXiv:1706.05587). */
export function mobilenetV2Maps(net: Net, names: BottleneckNames, width: number, outputStride = 32): BottleneckMap[] {
  const stem = { place: [0, 'expand', 0], out: makeDivisible(32 * width), kernel: 3, stride: 2 } as const;
  const first = layerOf(net, net.input, names, stem, RELU6);
  const maps: BottleneckMap[] = [{ ...first, expanded: first }];
  let [reached, dilation] = [2, 1];
  for (const [expansion, channels, repeats, s] of STAGES) {
    const shrinks = reached * s <= outputStride;
    // The block that would have shrunk the map still looks at neighbours as far as those before it.
    const before = dilation;
    if (shrinks) reached *= s;
    else dilation *= s;
    for (let i = 0; i < repeats; i++) {
      const block = {
        index: maps.length,
        expansion,
        out: makeDivisible(channels * width),
        stride: i === 0 && shrinks ? s : 1,
        dilation: i === 0 ? before : dilation,
      };
      maps.push(invertedResidual(net, maps.at(-1) ?? first, names, block));
    }
  }
  return maps;
}

interface Block {
  readonly index: number;
  readonly expansion: number;
  readonly out: number;
  readonly stride: number;
  readonly dilation: number;
}

function layerOf(
  net: Net,
  x: Feature,
  { of, pad }: BottleneckNames,
  { place, ...spec }: Omit<ConvSpec, 'name'> & { readonly place: Readonly<Parameters<BottleneckNames['of']>> },
  activation?: Activation,
): Feature {
  const [name, norm] = of(...place);
  return net.convNorm(x, { ...spec, name, ...(pad ? { pad } : {}) }, norm, activation);
}

function invertedResidual(net: Net, x: Feature, names: BottleneckNames, block: Block): BottleneckMap {
  const { index, expansion, out, stride, dilation } = block;
  const hidden = Math.round(x.channels * expansion);
  const wider = expansion === 1 ? 0 : 1;
  const place = (part: BottleneckPart, position: number): Parameters<BottleneckNames['of']> => [index, part, position];
  const wide = { place: place('expand', 0), out: hidden };
  const expanded = wider ? layerOf(net, x, names, wide, RELU6) : x;
  const window = { place: place('depthwise', wider), out: hidden, kernel: 3, stride, group: hidden, dilation };
  const seen = layerOf(net, expanded, names, window, RELU6);
  const y = layerOf(net, seen, names, { place: place('project', wider + 1), out });
  return { ...(stride === 1 && x.channels === out ? net.combine('add', x, y) : y), expanded };
}
