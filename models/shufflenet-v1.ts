/** ShuffleNet v1 (arXiv:1707.01083): pointwise group convolutions made to talk by channel shuffles. */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { roundUp } from '../src/util/arrays.ts';
import { Net, netOptions, type Feature, type NetOptions } from './blocks.ts';

/** Group counts of the paper. */
export type ShuffleGroups = 1 | 2 | 3 | 4 | 8;

/** Options of `shufflenetV1`. */
export interface ShufflenetV1Options extends NetOptions {
  /** Groups of the pointwise convolutions; 3 by default. */
  readonly groups?: ShuffleGroups;
  /** Scale of all channels; the paper has 0.25, 0.5, 1, 1.5 and 2. */
  readonly scale?: number;
}

/** Output channels of stage 2 by group count; each later stage doubles them (the paper's table 1). */
const STAGE_2: { readonly [G in ShuffleGroups]: number } = { 1: 144, 2: 200, 3: 240, 4: 272, 8: 384 };

/** Units of stages 2, 3 and 4, the first with stride 2. */
const UNITS = [4, 8, 4];

/**
 * Builds ShuffleNet v1. The paper published no weights and torchvision has none, so the names are ours: `conv1.0`
 * (stem) and `conv1.1` (its normalisation); in unit i of stage s `stageS.I.compress`, `.depthwise`, `.expand`, each
 * with `.0` (convolution) and `.1` (normalisation); `fc`. Channels that a scale leaves indivisible by the groups are
 * rounded up (only at scales below 1). Throws InputError on other groups, a scale ≤ 0, and weights that do not fit.
 */
export function shufflenetV1(options: ShufflenetV1Options = {}): Graph {
  const given = netOptions('shufflenetV1', options, { groups: 'number', scale: 'number' });
  const { groups = 3, scale = 1 } = given;
  const stage2: number | undefined = STAGE_2[groups];
  if (stage2 === undefined) throw new InputError(`${String(groups)} groups; ShuffleNet has 1, 2, 3, 4 or 8`);
  if (!(scale > 0)) throw new InputError(`scale ${scale} is not positive`);
  const net = new Net(`shufflenet_v1_g${groups}_${scale}`, given);
  // The 1.5× networks the authors measured keep the 24 stem channels of 1×: only so do they have the published 292 M.
  const stemScale = scale === 1.5 ? 1 : scale;
  const stem = { name: 'conv1.0', out: roundUp(24 * stemScale, groups), kernel: 3, stride: 2 };
  let x = net.pool3(net.convNorm(net.input, stem, 'conv1.1', RELU), 'MaxPool');
  UNITS.forEach((units, stage) => {
    const out = roundUp(stage2 * 2 ** stage * scale, groups);
    for (let i = 0; i < units; i++) {
      const unit = { name: `stage${stage + 2}.${i}`, out, groups, first: stage === 0 && i === 0 };
      x = i === 0 ? downUnit(net, x, unit) : net.activate(net.combine('add', x, branch(net, x, unit, 1)), RELU);
    }
  });
  return net.finish(net.flatten(net.average(x)), 'fc');
}

interface Unit {
  readonly name: string;
  readonly out: number;
  readonly groups: number;
  /** The very first pointwise layer is not grouped: its input has too few channels. */
  readonly first: boolean;
}

/** Stride 2: the shortcut is an average pool, and the branches are concatenated instead of added. */
function downUnit(net: Net, x: Feature, unit: Unit): Feature {
  const y = branch(net, x, { ...unit, out: unit.out - x.channels }, 2, unit.out);
  return net.activate(net.concat(net.pool3(x, 'AveragePool'), y), RELU);
}

/** Compress, shuffle, depthwise, expand. The bottleneck is a quarter of the unit's channels. */
function branch(net: Net, x: Feature, unit: Unit, stride: number, unitChannels = unit.out): Feature {
  const { name, out, groups, first } = unit;
  const mid = roundUp(unitChannels / 4, groups);
  const compress = { name: `${name}.compress.0`, out: mid, group: first ? 1 : groups };
  let y = net.convNorm(x, compress, `${name}.compress.1`, RELU);
  y = net.shuffle(y, groups);
  const depthwise = { name: `${name}.depthwise.0`, out: mid, kernel: 3, stride, group: mid };
  y = net.convNorm(y, depthwise, `${name}.depthwise.1`);
  return net.convNorm(y, { name: `${name}.expand.0`, out, group: groups }, `${name}.expand.1`);
}
