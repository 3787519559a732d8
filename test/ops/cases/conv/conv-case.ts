/** A case of Conv from its extents: what the case tables of convolutions share. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, type Activation, type OpAttributes } from '../../../../src/ir/ops.ts';
import { product } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

/** What a case of Conv has. */
export interface ConvSetup {
  readonly x: readonly number[];
  /** Kernel extents, then output channels; the input channels of one group follow from x and `group`. */
  readonly kernel: readonly number[];
  readonly outC: number;
  readonly group?: number;
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly padMode?: OpAttributes['Conv']['padMode'];
  readonly bias?: boolean;
  /** Shape of the residual, which is the output's. */
  readonly residual?: readonly number[];
  readonly activation?: Activation;
}

/** A case of Conv, without strides, dilations, padding and activation where it does not say them. */
export function convCase(name: string, c: ConvSetup): OpCase<'Conv'> {
  const rank = c.kernel.length;
  const group = c.group ?? 1;
  const inC = (c.x.at(-1) ?? 0) / group;
  const weights: CaseInput = { shape: [...c.kernel, inC, c.outC], constant: true };
  return {
    name,
    op: 'Conv',
    inputs: [
      { shape: c.x },
      weights,
      c.bias === false ? undefined : { shape: [c.outC], constant: true },
      ...(c.residual ? [{ shape: c.residual }] : []),
    ],
    attributes: {
      strides: c.strides ?? c.kernel.map(() => 1),
      dilations: c.dilations ?? c.kernel.map(() => 1),
      pads: c.pads ?? Array.from({ length: 2 * rank }, () => 0),
      padMode: c.padMode ?? 'explicit',
      group,
      activation: c.activation ?? NO_ACTIVATION,
    },
    tolerance: floatTolerance(product(c.kernel) * inC),
  };
}
