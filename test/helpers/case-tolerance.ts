/** How near a kernel has to come to the reference in an operator case, wherever it runs. */
import type { Tolerance } from '../../src/core/compare.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { floatTolerance } from './close.ts';
import type { OpCase } from './op-case.ts';

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

/** The tolerance of its floats; integers must be equal. */
export function toleranceOfCase(c: OpCase): Tolerance {
  return c.tolerance ?? (COMPUTING.has(c.op) ? floatTolerance() : EXACT);
}
