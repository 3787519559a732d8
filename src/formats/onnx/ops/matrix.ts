/** Matrix products. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import type { OnnxNode } from '../node.ts';
import type { OpTable } from './table.ts';

function gemm(n: OnnxNode): void {
  n.ignore('broadcast'); // before opset 7: the shape of C says the same
  const c = n.optional(2);
  n.result('Gemm', c === '' ? [n.in(0), n.in(1)] : [n.in(0), n.in(1), c], {
    alpha: n.float('alpha', 1),
    beta: n.float('beta', 1),
    transA: n.flag('transA', false),
    transB: n.flag('transB', false),
    activation: NO_ACTIVATION,
  });
}

function matMul(n: OnnxNode): void {
  n.result('MatMul', [n.in(0), n.in(1)], { transA: false, transB: false, activation: NO_ACTIVATION });
}

/** Matrix products. */
export const MATRIX: OpTable = { Gemm: gemm, MatMul: matMul };
