/** Kernels on rows of integers: what a row has in common first, then its results. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { rowResultsShader } from '../../../shaders/quantise/row-results.ts';
import { ROWS_WORKGROUP, rowsShader, type RowsSpec } from '../../../shaders/quantise/rows.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { elementCount } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type LowerContext,
  type Variant,
} from '../definition.ts';

/** A function of rows: its kind, its tables, and parameters of the results beside `count`, `n` and `inner`. */
export interface RowFunction {
  readonly kind: RowsSpec['kind'];
  /** What a row's sum is made of, and what its results are. */
  readonly tables?: { readonly terms: CallOperand; readonly results: CallOperand };
  readonly params: Readonly<Record<string, number>>;
}

/** Two dispatches: a row for each invocation, then four results for each. */
export function rowsVariant<K extends OpKind>(
  axisOf: (context: LowerContext<K>) => number,
  functionOf: (context: LowerContext<K>) => RowFunction,
): Variant<K> {
  return variant('rows', functionOf, (context, { kind, tables, params }) => {
    const { inputs, outputs } = context.node;
    const [x, y] = [required(context, 0), result(context)];
    const elements = elementCount(y.shape);
    if (elements === 0) return [];
    const axis = normalizeAxis(axisOf(context), x.shape.length);
    const [n, inner] = [at(x.shape, axis), product(x.shape.slice(axis + 1))];
    const count = elements / n;
    const rows: CallOperand = { kind: 'scratch', id: 'rows', elements: count * 4, storage: 'i32' };
    const walk = { n, inner };
    return [
      {
        shader: rowsShader({ kind, x: x.storage }),
        operands: [value(inputs[0]), ...(tables ? [tables.terms] : []), rows],
        params: { count, ...walk, zero_point: params['subtracted'] ?? 0 },
        workgroups: dispatch1d(count, ROWS_WORKGROUP, context.device),
      },
      {
        shader: rowResultsShader({ kind, x: x.storage, y: y.storage }),
        operands: [value(inputs[0]), rows, ...(tables ? [tables.results] : []), value(outputs[0])],
        params: { count: ceilDiv(elements, 4), ...walk, ...params },
        workgroups: dispatch1d(ceilDiv(elements, 4), FLAT_WORKGROUP, context.device),
      },
    ];
  });
}
