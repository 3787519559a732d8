/** What builders of segmenters and detectors share beside classifiers' blocks: maps that grow, and several outputs. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { NO_ACTIVATION, type Activation } from '../src/ir/ops.ts';
import { Net, type Feature } from './blocks.ts';
import type { Detections } from '../src/heads/box-nodes.ts';
import { spreadKernel } from './layouts.ts';

/** One transposed convolution; its weights are PyTorch's `[in, out, k, k]`. */
export interface GrowthSpec {
  /** Parameter name, without `.weight`. */
  readonly name: string;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly bias?: boolean; // false
}

/** How a map is resized: nearest neighbours, or bilinear, between pixels' centres or with both corners kept. */
export type Enlargement = 'nearest' | 'bilinear' | 'corners';

/** A leaky ReLU of Darknet. */
export const LEAKY: Activation = { kind: 'leakyRelu', alpha: 0.1, beta: 0 };
/** x·sigmoid(x), also called SiLU. */
export const SWISH: Activation = { kind: 'swish', alpha: 0, beta: 0 };
/** The logistic function. */
export const SIGMOID: Activation = { kind: 'sigmoid', alpha: 0, beta: 0 };

/** Throws InputError, with the builder's name for it, unless `value` is above zero. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new InputError(`${name} ${value} is not positive`);
}

/** Throws InputError, with the builder's name for it, unless every value is a whole number from 1 on. */
export function requireCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 1) throw new InputError(`${name} ${value} is not a count`);
  }
}

/** Throws InputError unless the network's maps halve without remainder `stride`-fold. */
export function requireMultiple(network: string, resolution: number, stride: number): void {
  if (resolution % stride === 0) return;
  throw new InputError(`resolution ${resolution} is not a multiple of ${stride}`, {
    hint: `${network} halves its map to a ${stride}th and joins maps of several sizes`,
  });
}

/** A network under construction that gives maps, or rows of boxes: `input` as `Net` has it, outputs by name. */
export class MapNet extends Net {
  /** Transposed convolution without padding: `stride·(side − 1) + kernel` pixels. */
  transposed(x: Feature, { name, out, kernel, stride, bias = false }: GrowthSpec): Feature {
    const weights = this.weights.get(`${name}.weight`, [x.channels, out, kernel, kernel]);
    const inputs = [x.name, this.builder.initializer(`${name}.weight`, spreadKernel(weights))];
    if (bias) inputs.push(this.parameter(`${name}.bias`, [out]));
    const y = this.builder.one('ConvTranspose', inputs, {
      strides: [stride, stride],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      autoPad: 'explicit',
      outputPads: [0, 0],
      outputShape: [],
      group: 1,
      activation: NO_ACTIVATION,
    });
    return { name: y, channels: out };
  }

  /** The map at `side`×`side` pixels. */
  resize(x: Feature, side: number, how: Enlargement): Feature {
    const sizes = this.builder.ints('sizes', [side, side]);
    const y = this.builder.one('Resize', [x.name, '', sizes], {
      axes: [1, 2],
      mode: how === 'nearest' ? 'nearest' : 'linear',
      coordinateMode: how === 'nearest' ? 'asymmetric' : how === 'bilinear' ? 'half_pixel' : 'align_corners',
      nearestMode: 'floor',
      antialias: false,
      cubicCoeff: -0.75,
      excludeOutside: false,
      extrapolation: 0,
      aspect: 'stretch',
    });
    return { ...x, name: y };
  }

  /** `side`×`side` pixels of a map, from row and column `start` on. */
  crop(x: Feature, start: number, side: number): Feature {
    return this.#slice(x, [start, start], [start + side, start + side], [1, 2]);
  }

  /** Channels `from` to `to`. */
  channels(x: Feature, from: number, to: number): Feature {
    return { ...this.#slice(x, [from], [to], [3]), channels: to - from };
  }

  #slice(x: Feature, starts: readonly number[], ends: readonly number[], axes: readonly number[]): Feature {
    const lists = [starts, ends, axes].map((list) => this.builder.ints('slice', list));
    return { ...x, name: this.builder.one('Slice', [x.name, ...lists], {}) };
  }

  /** The map with rows and columns of zeros around it. */
  border(x: Feature, before: number, after: number): Feature {
    const pads = this.builder.ints('border', [0, before, before, 0, 0, after, after, 0]);
    return { ...x, name: this.builder.one('Pad', [x.name, pads], { mode: 'constant' }) };
  }

  /** Max pooling that leaves the map its extents: a 2×2 window with stride 1 and a border behind, as Darknet has it. */
  poolInPlace(x: Feature): Feature {
    const window = { kernel: [2, 2], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 1, 1], ceilMode: false };
    return { ...x, name: this.builder.one('MaxPool', [x.name], { ...window, padMode: 'explicit' }) };
  }

  /** `[N, H, W, K·C]` → `[N, H·W·K, C]`: a row for each of the K boxes of each pixel. */
  rows(x: Feature, columns: number): Feature {
    const shape = this.builder.ints('rows', [0, -1, columns]);
    return { name: this.builder.one('Reshape', [x.name, shape], { allowZero: false }), channels: columns };
  }

  /** Rows of several maps, one after the other. */
  stack(parts: readonly Feature[]): Feature {
    const names = parts.map(({ name }) => name);
    return { name: this.builder.one('Concat', names, { axis: 1 }), channels: parts[0]?.channels ?? 0 };
  }

  /** Softmax along the last axis. */
  softmax(x: Feature): Feature {
    return { ...x, name: this.builder.one('Softmax', [x.name], { axes: [-1], log: false }) };
  }

  /** The finished graph, whose outputs have these names, in this order. */
  outputs(named: Readonly<Record<string, Feature>>): Graph {
    for (const [name, x] of Object.entries(named)) {
      this.builder.output(this.builder.one('Identity', [x.name], {}, { outputs: [name] }));
    }
    return this.builder.build();
  }

  /** The finished graph of a detector, whose outputs are `boxes`, `labels` and `scores`, others, and of several pictures `pictures`, of what was chosen. */
  chosen(
    { boxes, labels, scores, pictures, chosen }: Detections & { readonly pictures: string },
    more: Readonly<Record<string, string>> = {},
  ): Graph {
    const several = this.batch > 1 ? { pictures } : {};
    for (const [name, x] of Object.entries({ boxes, labels, scores, ...more, ...several })) {
      const outputs = [name, `${name}_count`];
      const [own = ''] = this.builder.add('Compress', [x, chosen], { axis: 0 }, { outputs });
      this.builder.output(own);
    }
    return this.builder.build();
  }
}
