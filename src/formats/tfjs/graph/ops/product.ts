/** Translations of matrix products, with the functions the converter fused into them. */
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import type { GraphTranslation } from '../context.ts';
import { epilogue } from './epilogue.ts';

const matMul =
  (transA: string, transB: string): GraphTranslation =>
  (c) => {
    const { bias, residual, activation, slope } = epilogue(c);
    const attributes = { transA: c.attr.bool(transA, false), transB: c.attr.bool(transB, false) };
    const before = residual || slope ? NO_ACTIVATION : activation;
    const inputs = [c.input(0), c.input(1), ...(bias ? [bias] : [])];
    let y = c.one('MatMul', inputs, { ...attributes, activation: before });
    if (residual) y = c.activate(c.binary('add', y, residual), activation);
    return slope ? c.one('PRelu', [y, slope], {}) : y;
  };

/** Rows of the operator table. */
export const PRODUCT = {
  MatMul: matMul('transpose_a', 'transpose_b'),
  _FusedMatMul: matMul('transpose_a', 'transpose_b'),
  BatchMatMul: matMul('adj_x', 'adj_y'),
  BatchMatMulV2: matMul('adj_x', 'adj_y'),
};
