/** Kernels that make one element of y from the same one of x, wherever both lie: bindings, parameters, addresses. */
import { linearIndex } from './index.ts';
import { wgsl, type Binding, type ParamFields } from './module.ts';
import { vectorType, type Scalar } from './numbers.ts';

/** Structure of an elementwise kernel's operands. */
export interface ElementwiseSpec {
  readonly width: 1 | 4;
  /** Rows of x and y are apart, as the parameters say; otherwise both are dense. */
  readonly pitched: boolean;
  /** x is what `y` holds, to be overwritten; there is no binding for it. Then both are dense. */
  readonly inPlace: boolean;
  /** Elements as stored. */
  readonly xType: Scalar | 'f16';
  readonly yType: Scalar | 'f16';
}

/** x, `others`, y: those that are bound. */
export function elementwiseBindings(
  { width, inPlace, xType, yType }: ElementwiseSpec,
  others: readonly Binding[] = [],
): Binding[] {
  return [
    ...(inPlace ? [] : [{ name: 'x', access: 'read', element: vectorType(xType, width) } as const]),
    ...others,
    { name: 'y', access: 'read_write', element: vectorType(yType, width) },
  ];
}

/** `count` invocations; where rows are apart, how long they are, and both placements. All in elements or vectors. */
export function elementwiseFields({ pitched }: ElementwiseSpec): ParamFields {
  return {
    count: 'u32',
    ...(pitched ? ({ row: 'u32', x_offset: 'u32', x_pitch: 'u32', y_offset: 'u32', y_pitch: 'u32' } as const) : {}),
  };
}

/**
 * Leaves past the end; declares `i`, the position in the order of the elements, `v`, the element or vector of x as a
 * `type`, and `to`, where the result goes in y.
 */
export function elementwiseLoad({ width, pitched, inPlace }: ElementwiseSpec, type: Scalar, workgroup: number): string {
  return wgsl`
  ${linearIndex(workgroup)}
  if (i >= params.count) { return; }
#if ${pitched}
  let row = i / params.row;
  let column = i - row * params.row;
  let to = params.y_offset + row * params.y_pitch + column;
  let v = ${vectorType(type, width)}(x[params.x_offset + row * params.x_pitch + column]);
#elif ${inPlace}
  let to = i;
  let v = ${vectorType(type, width)}(y[i]);
#else
  let to = i;
  let v = ${vectorType(type, width)}(x[i]);
#endif`;
}
