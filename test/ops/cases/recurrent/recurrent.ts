/** What the cases of recurrent networks share: their inputs, and their functions. */
import type { Recurrent, RecurrentFunction, RecurrentKind } from '../../../../src/ir/ops.ts';
import type { CaseInput } from '../../../helpers/op-case.ts';

/** One setting of a recurrent node. */
export interface Setting {
  readonly steps: number;
  readonly batch?: number;
  readonly inputs?: number;
  readonly units: number;
  readonly direction?: Recurrent['direction'];
  readonly functions?: readonly RecurrentFunction[];
  readonly clip?: number;
  readonly bias?: boolean;
  readonly lengths?: readonly number[];
  /** The states that are given: h, or h and c. */
  readonly states?: number;
  readonly peepholes?: boolean;
  /** Weights that a run computes. */
  readonly computed?: boolean;
  readonly dtype?: 'float32' | 'float16';
}

/** A function with its parameters. */
export const cell = (kind: RecurrentKind, alpha = 0, beta = 0): RecurrentFunction => ({ kind, alpha, beta });

/** The inputs up to the states, and peepholes where there are any. */
export function recurrentInputs(setting: Setting, gates: number): (CaseInput | undefined)[] {
  const { steps, batch = 1, inputs = 5, units, bias = true, lengths, states = 0, computed = false } = setting;
  const { dtype = 'float32' } = setting;
  const directions = setting.direction === 'bidirectional' ? 2 : 1;
  const rows = gates * units;
  const weights = (shape: readonly number[]): CaseInput => ({
    dtype,
    shape,
    low: -0.6,
    high: 0.6,
    constant: !computed,
  });
  const state: CaseInput = { dtype, shape: [directions, batch, units] };
  return [
    { dtype, shape: [steps, batch, inputs] },
    weights([directions, rows, inputs]),
    weights([directions, rows, units]),
    bias ? weights([directions, 2 * rows]) : undefined,
    lengths && { dtype: 'int32', shape: [batch], values: lengths },
    states > 0 ? state : undefined,
    ...(gates === 4
      ? [states > 1 ? state : undefined, setting.peepholes ? weights([directions, 3 * units]) : undefined]
      : []),
  ];
}

/** The attributes that all have. */
export function recurrentAttributes(setting: Setting, usual: readonly RecurrentFunction[]): Recurrent {
  const { direction = 'forward', functions, clip = Infinity } = setting;
  return { direction, functions: functions ?? (direction === 'bidirectional' ? [...usual, ...usual] : usual), clip };
}
