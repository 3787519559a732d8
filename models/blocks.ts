/** What the architecture builders share: convolution + batch normalisation, gating, the classifier head. */
import { InputError } from '../src/core/errors.ts';
import type { Shape, Tensor } from '../src/core/tensor.ts';
import { GraphBuilder } from '../src/ir/builder.ts';
import type { Graph } from '../src/ir/graph.ts';
import { NO_ACTIVATION, type Activation, type OpAttributes } from '../src/ir/ops.ts';
import { randomWeights, type WeightSource } from './weights.ts';

/** Options every builder takes. */
export interface NetOptions {
  /** Side of the square input, in pixels; 224 by default. */
  readonly resolution?: number;
  /** Images per run; 1 by default. */
  readonly batch?: number;
  /** Outputs of the classifier; 1000 by default. */
  readonly classes?: number;
  /** Parameters; seeded random ones by default. */
  readonly weights?: WeightSource;
}

/** A feature map under construction: its value name and its channels. */
export interface Feature {
  readonly name: string;
  readonly channels: number;
}

/** One convolution. `kernel` is square; padding keeps the extent at stride 1. */
export interface ConvSpec {
  /** Parameter name, without `.weight`. */
  readonly name: string;
  readonly out: number;
  readonly kernel?: number; // 1
  readonly stride?: number; // 1
  readonly group?: number; // 1
  readonly bias?: boolean; // false
}

/** x·sigmoid-like gate of MobileNet v3: clip(x/6 + 1/2, 0, 1). */
export const HARD_SIGMOID: Activation = { kind: 'hardSigmoid', alpha: 1 / 6, beta: 0.5 };
/** MobileNet v3's non-linearity. */
export const HARD_SWISH: Activation = { kind: 'hardSwish', alpha: 0, beta: 0 };

/** Nearest multiple of `divisor`, not below it, and never more than 10 % under `value` (the rule of MobileNet v2's authors). */
export function makeDivisible(value: number, divisor = 8): number {
  const nearest = Math.max(divisor, Math.floor((value + divisor / 2) / divisor) * divisor);
  return nearest < 0.9 * value ? nearest + divisor : nearest;
}

/**
 * A classifier under construction. Its graph takes `input`, float32 `[batch, resolution, resolution, 3]` (channels
 * last), and gives `logits`, `[batch, classes]`.
 */
export class Net {
  readonly #builder: GraphBuilder;
  readonly #weights: WeightSource;
  readonly #classes: number;
  /** Epsilon of every batch normalisation. */
  readonly #epsilon: number;
  readonly input: Feature;

  /** Throws InputError on a resolution, batch or class count that is not a positive integer. */
  constructor(name: string, options: NetOptions, epsilon = 1e-5) {
    const { resolution = 224, batch = 1, classes = 1000, weights = randomWeights() } = options;
    for (const [key, value] of Object.entries({ resolution, batch, classes })) {
      if (!Number.isSafeInteger(value) || value < 1) throw new InputError(`${key} ${value} is not a positive integer`);
    }
    this.#builder = new GraphBuilder(name);
    this.#weights = weights;
    this.#classes = classes;
    this.#epsilon = epsilon;
    this.input = {
      name: this.#builder.input('input', 'float32', [batch, resolution, resolution, 3]),
      channels: 3,
    };
  }

  /** Convolution, without normalisation or activation. */
  conv(x: Feature, { name, out, kernel = 1, stride = 1, group = 1, bias = false }: ConvSpec): Feature {
    const weights = this.#weights.get(`${name}.weight`, [out, x.channels / group, kernel, kernel]);
    const inputs = [x.name, this.#builder.initializer(`${name}.weight`, channelsLastKernel(weights))];
    if (bias) inputs.push(this.#parameter(`${name}.bias`, [out]));
    const y = this.#builder.one('Conv', inputs, {
      strides: [stride, stride],
      dilations: [1, 1],
      pads: Array.from({ length: 4 }, () => (kernel - 1) / 2),
      padMode: 'explicit',
      group,
      activation: NO_ACTIVATION,
    });
    return { name: y, channels: out };
  }

  /** Batch normalisation over channels; `name` without `.weight`. */
  norm(x: Feature, name: string): Feature {
    const inputs = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
      this.#parameter(`${name}.${part}`, [x.channels]),
    );
    const attributes = { axis: 3, epsilon: this.#epsilon, activation: NO_ACTIVATION };
    return { ...x, name: this.#builder.one('BatchNormalization', [x.name, ...inputs], attributes) };
  }

  /** An activation as a node of its own. */
  activate(x: Feature, activation: Activation): Feature {
    return { ...x, name: this.#builder.one('Activation', [x.name], { activation }) };
  }

  /** Convolution `spec.name`, normalisation `norm`, and an activation where one is given. */
  convNorm(x: Feature, spec: ConvSpec, norm: string, activation = NO_ACTIVATION): Feature {
    const y = this.norm(this.conv(x, spec), norm);
    return activation.kind === 'none' ? y : this.activate(y, activation);
  }

  /** 3×3 pooling with stride 2 and one pixel of padding, as the ShuffleNets use it. An average counts the padding. */
  pool3(x: Feature, kind: 'MaxPool' | 'AveragePool'): Feature {
    const window = {
      kernel: [3, 3],
      strides: [2, 2],
      dilations: [1, 1],
      pads: [1, 1, 1, 1],
      padMode: 'explicit' as const,
      ceilMode: false,
    };
    const name =
      kind === 'MaxPool'
        ? this.#builder.one('MaxPool', [x.name], window)
        : this.#builder.one('AveragePool', [x.name], { ...window, countIncludePad: true });
    return { ...x, name };
  }

  /** Elementwise sum or (broadcast) product. */
  combine(kind: 'add' | 'mul', a: Feature, b: Feature): Feature {
    return { ...a, name: this.#builder.one('Binary', [a.name, b.name], { kind, activation: NO_ACTIVATION }) };
  }

  /** Concatenation along channels. */
  concat(a: Feature, b: Feature): Feature {
    return { name: this.#builder.one('Concat', [a.name, b.name], { axis: 3 }), channels: a.channels + b.channels };
  }

  /** The two halves of the channels. */
  halve(x: Feature): readonly [Feature, Feature] {
    const channels = x.channels / 2;
    const attributes: OpAttributes['Split'] = { axis: 3, sizes: [channels, channels] };
    const [a = '', b = ''] = this.#builder.add('Split', [x.name], attributes, { outputCount: 2 });
    return [
      { name: a, channels },
      { name: b, channels },
    ];
  }

  /** Channel shuffle (arXiv:1707.01083); nothing for one group. */
  shuffle(x: Feature, groups: number): Feature {
    return groups === 1 ? x : { ...x, name: this.#builder.one('ChannelShuffle', [x.name], { groups }) };
  }

  /** Global average over the plane: `[N, 1, 1, C]`. */
  average(x: Feature): Feature {
    return { ...x, name: this.#builder.one('GlobalAveragePool', [x.name], {}) };
  }

  /** `[N, 1, 1, C]` → `[N, C]`. */
  flatten(x: Feature): Feature {
    return { ...x, name: this.#builder.one('Flatten', [x.name], { axis: 1 }) };
  }

  /** Fully connected layer on `[N, C]`. */
  linear(x: Feature, name: string, out: number, output?: string): Feature {
    const inputs = [
      x.name,
      this.#parameter(`${name}.weight`, [out, x.channels]),
      this.#parameter(`${name}.bias`, [out]),
    ];
    const attributes = { alpha: 1, beta: 1, transA: false, transB: true, activation: NO_ACTIVATION };
    const names = output === undefined ? {} : { outputs: [output] };
    return { name: this.#builder.one('Gemm', inputs, attributes, names), channels: out };
  }

  /** The classifier layer and the finished graph. */
  finish(x: Feature, classifier: string): Graph {
    this.#builder.output(this.linear(x, classifier, this.#classes, 'logits').name);
    return this.#builder.build();
  }

  #parameter(name: string, shape: Shape): string {
    return this.#builder.initializer(name, this.#weights.get(name, shape));
  }
}

/** `[out, in, kH, kW]` → `[kH, kW, in, out]`. */
function channelsLastKernel({ dtype, shape, data }: Tensor): Tensor {
  const [out = 0, inC = 0, kH = 0, kW = 0] = shape;
  const moved = new Float32Array(data.length);
  let from = 0;
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < inC; i++) {
      for (let k = 0; k < kH * kW; k++) moved[(k * inC + i) * out + o] = data[from++] ?? 0;
    }
  }
  return { dtype, shape: [kH, kW, inC, out], data: moved };
}
