/** The check of operator cases, each in its turns and with its tolerance: for vitest, and for scripts that other runtimes run. */
import type { DeviceProfile } from '../../src/core/limits.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { GpuTable } from './case-tables.ts';
import { toleranceOfCase } from './case-tolerance.ts';
import { checkCase } from './check-case.ts';
import { gpuProfile } from './gpu-device.ts';
import type { OpCase } from './op-case.ts';
import { turnsOf, type Turn } from './turns.ts';

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
    await checkCase(c, turns, toleranceOfCase(c));
    return turns.length;
  }

  #turns(c: OpCase, device: DeviceProfile): readonly Turn[] {
    const all = this.#tables.filter(({ op }) => op === c.op).flatMap(({ cases }) => cases);
    const known = this.#byOp.get(c.op) ?? turnsOf(all, device);
    this.#byOp.set(c.op, known);
    return known(c);
  }
}
