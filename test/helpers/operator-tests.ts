/** The tests of operators' kernels: every case table on the GPU against the CPU reference, in four files. */
import { afterAll, describe, it } from 'vitest';
import type { Tolerance } from '../../src/core/compare.ts';
import type { DeviceProfile } from '../../src/core/limits.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { gpuTables, partOf, type GpuTable } from './case-tables.ts';
import { checkCase } from './check-case.ts';
import { floatTolerance } from './close.ts';
import { closeGpu, gpuProfile } from './gpu-device.ts';
import type { OpCase } from './op-case.ts';
import { turnsOf, type Turn } from './turns.ts';

/** Operators that compute with floats; others only move elements and must give the same bits, unless a case says otherwise. */
const COMPUTING: ReadonlySet<OpKind> = new Set<OpKind>([
  'Activation',
  'LpPool',
  'AveragePool',
  'BatchNormalization',
  'Binary',
  'Conv',
  'ConvTranspose',
  'Gemm',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'LRN',
  'MatMul',
  'MaxPool',
  'PRelu',
  'Reduce',
  'Resize',
  'Softmax',
  'Unary',
]);

const EXACT: Tolerance = { rtol: 0, atol: 0 };

function toleranceOf(c: OpCase): Tolerance {
  return c.tolerance ?? (COMPUTING.has(c.op) ? floatTolerance() : EXACT);
}

/**
 * Defines a test for every case of the tables of one GPU test file, and closes the GPU after them. They start several at a
 * time, so that what they ask of the GPU goes there together.
 */
export async function testOperators(part: 1 | 2 | 3 | 4): Promise<void> {
  const tables = await gpuTables();
  const turns = new Turns(tables);
  afterAll(closeGpu);

  describe.concurrent.each(tables.filter((table) => partOf(table) === part))('$op', ({ cases }) => {
    it.for(cases)('$name', async (c, { task }) => {
      const own = turns.of(c, await gpuProfile());
      await checkCase(c, own, toleranceOf(c));
      task.meta.runs = own.length;
    });
  });
}

/** The turns of cases, shared out when the first of an operator asks: over all its tables, whichever file runs them. */
class Turns {
  readonly #tables: readonly GpuTable[];
  readonly #byOp = new Map<OpKind, (c: OpCase) => readonly Turn[]>();

  constructor(tables: readonly GpuTable[]) {
    this.#tables = tables;
  }

  of(c: OpCase, device: DeviceProfile): readonly Turn[] {
    const all = this.#tables.filter(({ op }) => op === c.op).flatMap(({ cases }) => cases);
    const known = this.#byOp.get(c.op) ?? turnsOf(all, device);
    this.#byOp.set(c.op, known);
    return known(c);
  }
}
