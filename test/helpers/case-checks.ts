/** The check of operator cases, each in its turns and with its tolerance: for vitest, and for scripts that other runtimes run. */
import type { Tolerance } from '../../src/core/compare.ts';
import type { DeviceProfile } from '../../src/core/limits.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { GpuTable } from './case-tables.ts';
import { checkCase } from './check-case.ts';
import { floatTolerance } from './close.ts';
import { gpuProfile } from './gpu-device.ts';
import type { OpCase } from './op-case.ts';
import { turnsOf, type Turn } from './turns.ts';

/** Operators that compute with floats; others only move elements and must give the same bits, unless a case says otherwise. */
const COMPUTING: ReadonlySet<OpKind> = new Set<OpKind>([
  'Activation',
  'LpPool',
  'AveragePool',
  'BatchNormalization',
  'Binary',
  'BoxDecode',
  'Conv',
  'ConvTranspose',
  'DeformConv',
  'Gemm',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'LpNormalization',
  'LRN',
  'MatMul',
  'MaxPool',
  'PRelu',
  'PsRoiPool',
  'DftMatrix',
  'RoiAlign',
  'DeformRoiPool',
  'CropAndResize',
  'Reduce',
  'CumSum',
  'Resize',
  'GridSample',
  'Softmax',
  'LSTM',
  'GRU',
  'RNN',
  'Unary',
]);

const EXACT: Tolerance = { rtol: 0, atol: 0 };

function toleranceOf(c: OpCase): Tolerance {
  return c.tolerance ?? (COMPUTING.has(c.op) ? floatTolerance() : EXACT);
}

/** Checks cases of some tables. The turns of an operator are shared out over all its tables, when its first case asks. */
export class CaseChecks {
  readonly #tables: readonly GpuTable[];
  readonly #byOp = new Map<OpKind, (c: OpCase) => readonly Turn[]>();

  constructor(tables: readonly GpuTable[]) {
    this.#tables = tables;
  }

  /** Runs a case in its turns, and gives how many these are. Rejects as `checkCase` does. */
  async check(c: OpCase): Promise<number> {
    const turns = this.#turns(c, await gpuProfile());
    await checkCase(c, turns, toleranceOf(c));
    return turns.length;
  }

  #turns(c: OpCase, device: DeviceProfile): readonly Turn[] {
    const all = this.#tables.filter(({ op }) => op === c.op).flatMap(({ cases }) => cases);
    const known = this.#byOp.get(c.op) ?? turnsOf(all, device);
    this.#byOp.set(c.op, known);
    return known(c);
  }
}
