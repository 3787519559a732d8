/** Matrix products. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import type { OnnxNode } from '../node.ts';

function gemm(n: OnnxNode): string {
  n.attr.ignore('broadcast'); // before opset 7: the shape of C says the same
  const c = n.optional(2);
  return n.one('Gemm', [n.input(0), n.input(1), ...(c === '' ? [] : [c])], {
    alpha: n.attr.float('alpha', 1),
    beta: n.attr.float('beta', 1),
    transA: n.attr.flag('transA', false),
    transB: n.attr.flag('transB', false),
    activation: NO_ACTIVATION,
  });
}

function matMul(n: OnnxNode): string {
  return n.one('MatMul', [n.input(0), n.input(1)], { transA: false, transB: false, activation: NO_ACTIVATION });
}

/** Matrix products. */
export const PRODUCT = { Gemm: gemm, MatMul: matMul };
