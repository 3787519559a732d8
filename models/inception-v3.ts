/** Inception v3 (arXiv:1512.00567): parallel branches of factorised convolutions. Parameter names are torchvision's. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { Net, netOptions, type ConvSpec, type Feature, type NetOptions } from './blocks.ts';

/** Options of `inceptionV3`; the resolution is 299 by default and at least 75. */
export type InceptionV3Options = NetOptions;

/** Below this the last reduction has no window left. */
const SMALLEST = 75;

/** A convolution of a branch: its name in the module, channels, and what departs from an unpadded 1×1. */
type Step = readonly [name: string, out: number, rest?: Pick<ConvSpec, 'kernel' | 'stride' | 'pad'>];

const SAME3 = { kernel: 3 };
const SAME5 = { kernel: 5 };
const HALF3 = { kernel: 3, stride: 2, pad: 0 };
const ROW7 = { kernel: [1, 7] } as const;
const COLUMN7 = { kernel: [7, 1] } as const;
const ROW3 = { kernel: [1, 3] } as const;
const COLUMN3 = { kernel: [3, 1] } as const;

/**
 * Builds Inception v3 without the auxiliary classifier, which only training uses. Pixels are expected in −1 … 1 (mean
 * and deviation of 1/2), as torchvision's `transform_input` makes them of ImageNet-normalised ones. Throws InputError on
 * a resolution below 75 and on weights that do not fit.
 */
export function inceptionV3(options: InceptionV3Options = {}): Graph {
  const given = netOptions('inceptionV3', options, {});
  const { resolution = 299 } = given;
  if (resolution < SMALLEST) throw new InputError(`resolution ${resolution} is below ${SMALLEST}`);
  const net = new Net('inception_v3', { ...given, resolution }, 1e-3);
  let x = branch(net, net.input, '', [
    ['Conv2d_1a_3x3', 32, HALF3],
    ['Conv2d_2a_3x3', 32, { kernel: 3, pad: 0 }],
    ['Conv2d_2b_3x3', 64, SAME3],
  ]);
  x = branch(net, maxPool(net, x), '', [
    ['Conv2d_3b_1x1', 80],
    ['Conv2d_4a_3x3', 192, { kernel: 3, pad: 0 }],
  ]);
  x = maxPool(net, x);
  for (const [name, pooled] of [
    ['Mixed_5b', 32],
    ['Mixed_5c', 64],
    ['Mixed_5d', 64],
  ] as const)
    x = module5(net, x, name, pooled);
  x = reduction6(net, x, 'Mixed_6a');
  for (const [name, width] of [
    ['Mixed_6b', 128],
    ['Mixed_6c', 160],
    ['Mixed_6d', 160],
    ['Mixed_6e', 192],
  ] as const)
    x = module6(net, x, name, width);
  x = reduction7(net, x, 'Mixed_7a');
  for (const name of ['Mixed_7b', 'Mixed_7c']) x = module7(net, x, name);
  return net.finish(net.flatten(net.average(x)), 'fc');
}

/** The 35×35 modules (the paper's figure 5, with one 5×5 kept). */
function module5(net: Net, x: Feature, name: string, pooled: number): Feature {
  return net.concat(
    branch(net, x, name, [['branch1x1', 64]]),
    branch(net, x, name, [
      ['branch5x5_1', 48],
      ['branch5x5_2', 64, SAME5],
    ]),
    branch(net, x, name, [
      ['branch3x3dbl_1', 64],
      ['branch3x3dbl_2', 96, SAME3],
      ['branch3x3dbl_3', 96, SAME3],
    ]),
    branch(net, averagePool(net, x), name, [['branch_pool', pooled]]),
  );
}

/** 35×35 → 17×17 (figure 10). */
function reduction6(net: Net, x: Feature, name: string): Feature {
  return net.concat(
    branch(net, x, name, [['branch3x3', 384, HALF3]]),
    branch(net, x, name, [
      ['branch3x3dbl_1', 64],
      ['branch3x3dbl_2', 96, SAME3],
      ['branch3x3dbl_3', 96, HALF3],
    ]),
    maxPool(net, x),
  );
}

/** The 17×17 modules (figure 6, n = 7). */
function module6(net: Net, x: Feature, name: string, width: number): Feature {
  return net.concat(
    branch(net, x, name, [['branch1x1', 192]]),
    branch(net, x, name, [
      ['branch7x7_1', width],
      ['branch7x7_2', width, ROW7],
      ['branch7x7_3', 192, COLUMN7],
    ]),
    branch(net, x, name, [
      ['branch7x7dbl_1', width],
      ['branch7x7dbl_2', width, COLUMN7],
      ['branch7x7dbl_3', width, ROW7],
      ['branch7x7dbl_4', width, COLUMN7],
      ['branch7x7dbl_5', 192, ROW7],
    ]),
    branch(net, averagePool(net, x), name, [['branch_pool', 192]]),
  );
}

/** 17×17 → 8×8. */
function reduction7(net: Net, x: Feature, name: string): Feature {
  return net.concat(
    branch(net, x, name, [
      ['branch3x3_1', 192],
      ['branch3x3_2', 320, HALF3],
    ]),
    branch(net, x, name, [
      ['branch7x7x3_1', 192],
      ['branch7x7x3_2', 192, ROW7],
      ['branch7x7x3_3', 192, COLUMN7],
      ['branch7x7x3_4', 192, HALF3],
    ]),
    maxPool(net, x),
  );
}

/** The 8×8 modules (figure 7): branches that end side by side in a row and a column. */
function module7(net: Net, x: Feature, name: string): Feature {
  const middle = branch(net, x, name, [['branch3x3_1', 384]]);
  const double = branch(net, x, name, [
    ['branch3x3dbl_1', 448],
    ['branch3x3dbl_2', 384, SAME3],
  ]);
  return net.concat(
    branch(net, x, name, [['branch1x1', 320]]),
    branch(net, middle, name, [['branch3x3_2a', 384, ROW3]]),
    branch(net, middle, name, [['branch3x3_2b', 384, COLUMN3]]),
    branch(net, double, name, [['branch3x3dbl_3a', 384, ROW3]]),
    branch(net, double, name, [['branch3x3dbl_3b', 384, COLUMN3]]),
    branch(net, averagePool(net, x), name, [['branch_pool', 192]]),
  );
}

/** Convolutions one after the other, each with normalisation and ReLU. */
function branch(net: Net, x: Feature, module: string, steps: readonly Step[]): Feature {
  return steps.reduce((y, [step, out, rest]) => {
    const name = module === '' ? step : `${module}.${step}`;
    return net.convNorm(y, { ...rest, name: `${name}.conv`, out }, `${name}.bn`, RELU);
  }, x);
}

const maxPool = (net: Net, x: Feature): Feature => net.pool(x, { kind: 'MaxPool', kernel: 3, stride: 2 });
const averagePool = (net: Net, x: Feature): Feature =>
  net.pool(x, { kind: 'AveragePool', kernel: 3, stride: 1, pad: 1 });
