/** What the architecture builders share: convolution + batch normalisation, gating, the classifier head. */
import { InputError } from '../src/core/errors.ts';
import { requireOptions } from '../src/core/option-errors.ts';
import type { OptionRules } from '../src/core/option-rules.ts';
import type { Shape, Tensor } from '../src/core/tensor.ts';
import { GraphBuilder } from '../src/ir/builder.ts';
import type { Graph } from '../src/ir/graph.ts';
import { NO_ACTIVATION, type Activation, type OpAttributes } from '../src/ir/ops.ts';
import { channelsLastKernel, channelsLastRows } from './layouts.ts';
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

const NET_OPTIONS: OptionRules<NetOptions> = {
  resolution: 'number',
  batch: 'number',
  classes: 'number',
  weights: 'object',
};

/** The options of a builder: those of every one, and its own. Throws InputError as `requireOptions` does, and for weights that are none. */
export function netOptions<T extends NetOptions>(
  builder: string,
  options: T,
  rules: OptionRules<Omit<T, keyof NetOptions>>,
): T {
  const given = requireOptions<T>(builder, options, { ...NET_OPTIONS, ...rules } as OptionRules<T>);
  const { weights = randomWeights() } = given;
  // A map of tensors has a get, which looks at no shape.
  if (typeof weights.get === 'function' && !(weights instanceof Map)) return given;
  throw new InputError(`the weights of ${builder} are none`, { hint: 'Pass fromSafetensors(readSafetensors(bytes))' });
}

/** A feature map under construction: its value name and its channels. */
export interface Feature {
  readonly name: string;
  readonly channels: number;
}

/** An extent that is the same both ways, or rows and columns. */
export type Extent = number | readonly [rows: number, columns: number];

/** One convolution. */
export interface ConvSpec {
  /** Parameter name, without `.weight`. */
  readonly name: string;
  readonly out: number;
  readonly kernel?: Extent; // 1
  readonly stride?: number; // 1
  readonly group?: number; // 1
  readonly bias?: boolean; // false
  readonly dilation?: number; // 1
  /** Zeros on either side of the plane (`same`: TensorFlow's); by default those that keep its extents at stride 1 and an odd kernel. */
  readonly pad?: number | 'same';
}

/** One pooling: a square window. */
export interface PoolOptions {
  readonly kind: 'MaxPool' | 'AveragePool';
  readonly kernel: number;
  readonly stride: number;
  /** Pixels on either side of the plane; 0 by default. An average counts them. */
  readonly pad?: number;
  /** Also windows that reach beyond the plane; false by default. */
  readonly ceil?: boolean;
}

/** Of a fully connected layer. */
export interface LinearOptions {
  /** Pixels of the map that was flattened; 1 by default. */
  readonly pixels?: number;
  /** Name of the result. */
  readonly output?: string;
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
  /** What the graph is made with. */
  readonly builder: GraphBuilder;
  readonly weights: WeightSource;
  readonly batch: number;
  /** Epsilon of every batch normalisation. */
  readonly #epsilon: number;
  /** Outputs of the classifier. */
  readonly classes: number;
  readonly input: Feature;

  /** Throws InputError on a resolution or class count that is not a positive integer, or a batch that is no whole number. */
  constructor(name: string, options: NetOptions, epsilon = 1e-5) {
    const { resolution = 224, batch = 1, classes = 1000, weights = randomWeights() } = options;
    for (const [key, value] of Object.entries({ resolution, batch, classes })) {
      // A batch of no pictures is one, too.
      const isCount = Number.isSafeInteger(value) && value >= (key === 'batch' ? 0 : 1);
      if (!isCount)
        throw new InputError(`${key} ${value} is not a ${key === 'batch' ? 'whole number' : 'positive integer'}`);
    }
    this.builder = new GraphBuilder(name);
    this.weights = weights;
    this.classes = classes;
    this.batch = batch;
    this.#epsilon = epsilon;
    this.input = {
      name: this.builder.input('input', 'float32', [batch, resolution, resolution, 3]),
      channels: 3,
    };
  }

  /** Convolution, without normalisation or activation. */
  conv(x: Feature, spec: ConvSpec): Feature {
    const { name, out, kernel = 1, stride = 1, group = 1, bias = false, dilation = 1, pad } = spec;
    const extents = typeof kernel === 'number' ? [kernel, kernel] : kernel;
    const pads = extents.map((k) => (pad === 'same' ? 0 : (pad ?? (dilation * (k - 1)) / 2)));
    const shape = [out, x.channels / group, ...extents];
    const inputs = [x.name, this.#once(`${name}.weight`, shape, channelsLastKernel)];
    if (bias) inputs.push(this.parameter(`${name}.bias`, [out]));
    const y = this.builder.one('Conv', inputs, {
      strides: [stride, stride],
      dilations: [dilation, dilation],
      pads: [...pads, ...pads],
      padMode: pad === 'same' ? 'sameUpper' : 'explicit',
      group,
      activation: NO_ACTIVATION,
    });
    return { name: y, channels: out };
  }

  /** Batch normalisation over channels; `name` without `.weight`. */
  norm(x: Feature, name: string): Feature {
    const inputs = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
      this.parameter(`${name}.${part}`, [x.channels]),
    );
    const attributes = { axis: 3, epsilon: this.#epsilon, activation: NO_ACTIVATION };
    return { ...x, name: this.builder.one('BatchNormalization', [x.name, ...inputs], attributes) };
  }

  /** An activation as a node of its own. */
  activate(x: Feature, activation: Activation): Feature {
    return { ...x, name: this.builder.one('Activation', [x.name], { activation }) };
  }

  /** Convolution `spec.name`, normalisation `norm`, and an activation where one is given. */
  convNorm(x: Feature, spec: ConvSpec, norm: string, activation = NO_ACTIVATION): Feature {
    const y = this.norm(this.conv(x, spec), norm);
    return activation.kind === 'none' ? y : this.activate(y, activation);
  }

  /** Max or average pooling. */
  pool(x: Feature, { kind, kernel, stride, pad = 0, ceil = false }: PoolOptions): Feature {
    const window = {
      kernel: [kernel, kernel],
      strides: [stride, stride],
      dilations: [1, 1],
      pads: [pad, pad, pad, pad],
      padMode: 'explicit' as const,
      ceilMode: ceil,
    };
    const name =
      kind === 'MaxPool'
        ? this.builder.one('MaxPool', [x.name], window)
        : this.builder.one('AveragePool', [x.name], { ...window, countIncludePad: true });
    return { ...x, name };
  }

  /** 3×3 pooling with stride 2 and one pixel of padding, as the ShuffleNets and ResNets use it. */
  pool3(x: Feature, kind: PoolOptions['kind']): Feature {
    return this.pool(x, { kind, kernel: 3, stride: 2, pad: 1 });
  }

  /** Elementwise sum or (broadcast) product. */
  combine(kind: 'add' | 'mul', a: Feature, b: Feature): Feature {
    return { ...a, name: this.builder.one('Binary', [a.name, b.name], { kind, activation: NO_ACTIVATION }) };
  }

  /** Concatenation along channels. */
  concat(...parts: readonly Feature[]): Feature {
    const names = parts.map(({ name }) => name);
    const channels = parts.reduce((sum, part) => sum + part.channels, 0);
    return { name: this.builder.one('Concat', names, { axis: 3 }), channels };
  }

  /** The two halves of the channels. */
  halve(x: Feature): readonly [Feature, Feature] {
    const channels = x.channels / 2;
    const attributes: OpAttributes['Split'] = { axis: 3, sizes: [channels, channels] };
    const [a = '', b = ''] = this.builder.add('Split', [x.name], attributes, { outputCount: 2 });
    return [
      { name: a, channels },
      { name: b, channels },
    ];
  }

  /** Channel shuffle (arXiv:1707.01083); nothing for one group. */
  shuffle(x: Feature, groups: number): Feature {
    return groups === 1 ? x : { ...x, name: this.builder.one('ChannelShuffle', [x.name], { groups }) };
  }

  /** Global average over the plane: `[N, 1, 1, C]`. */
  average(x: Feature): Feature {
    return { ...x, name: this.builder.one('GlobalAveragePool', [x.name], {}) };
  }

  /** `[N, 1, 1, C]` → `[N, side, side, C]`, the same everywhere. */
  spread(x: Feature, side: number): Feature {
    const shape = this.builder.ints('spread_shape', [this.batch, side, side, x.channels]);
    return { ...x, name: this.builder.one('Expand', [x.name, shape], {}) };
  }

  /** `[N, H, W, C]` → `[N, H·W·C]`; `pixels` is H·W, 1 by default. */
  flatten(x: Feature, pixels = 1, output?: string): Feature {
    const names = output === undefined ? {} : { outputs: [output] };
    return { name: this.builder.one('Flatten', [x.name], { axis: 1 }, names), channels: pixels * x.channels };
  }

  /**
   * Fully connected layer on `[N, C]`; on a flattened map of `pixels` pixels its weights, which are stored for channels
   * first, are laid out for channels last.
   */
  linear(x: Feature, name: string, out: number, { pixels = 1, output }: LinearOptions = {}): Feature {
    const weights = this.weights.get(`${name}.weight`, [out, x.channels]);
    const inputs = [
      x.name,
      this.builder.initializer(`${name}.weight`, pixels === 1 ? weights : channelsLastRows(weights, pixels)),
      this.parameter(`${name}.bias`, [out]),
    ];
    const attributes = { alpha: 1, beta: 1, transA: false, transB: true, activation: NO_ACTIVATION };
    const names = output === undefined ? {} : { outputs: [output] };
    return { name: this.builder.one('Gemm', inputs, attributes, names), channels: out };
  }

  /** The finished graph of `[N, C]` features and the classifier layer. */
  finish(x: Feature, classifier: string): Graph {
    return this.#build(this.linear(x, classifier, this.classes, { output: 'logits' }));
  }

  /** The finished graph of a map with a channel per class: their averages over the plane. */
  finishMap(x: Feature): Graph {
    return this.#build(this.flatten(this.average(x), 1, 'logits'));
  }

  #build({ name }: Feature): Graph {
    this.builder.output(name);
    return this.builder.build();
  }

  /** A parameter of one dimension, as it is. */
  parameter(name: string, shape: Shape): string {
    return this.#once(name, shape, (t) => t);
  }

  /** A parameter that is laid out for the graph: convolutions of one name, over several maps, share theirs. */
  #once(name: string, shape: Shape, laid: (t: Tensor) => Tensor): string {
    if (this.builder.tensor(name)) return name;
    return this.builder.initializer(name, laid(this.weights.get(name, shape)));
  }
}
