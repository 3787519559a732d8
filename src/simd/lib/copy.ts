/** Copies of strided boxes: what most movements come down to. */
import { collapse, type StridedDim } from '../../core/strided.ts';
import { hostBytes, type DType } from '../../core/dtype.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import type { SimdCall, SimdOperand } from '../definition.ts';

/** A box of elements. Each dimension has two strides, in elements: in the source, in the destination. */
export interface ElementBox {
  readonly dims: readonly StridedDim[];
  readonly start?: number;
  readonly toStart?: number;
}

/** Bytes of a unit, about: some µs. */
const UNIT = 2 ** 16;

/** Rows that are turned at once: those whose elements are neighbours in the source share a cache line there. */
const TURNED = 16;

/** The copy; none of a box without elements. */
export function copyCall(
  dtype: DType,
  from: SimdOperand,
  to: SimdOperand,
  { dims, start = 0, toStart = 0 }: ElementBox,
): readonly SimdCall[] {
  if (dims.some(({ extent }) => extent === 0)) return [];
  const size = hostBytes(dtype);
  const ordered = inOrder(dims.length > 0 ? collapse(dims) : []);
  const [rows, columns] = [at(ordered, ordered.length - 2), at(ordered, ordered.length - 1)];
  const width = columns.extent * size;
  const isTurned = rows.strides[0] === 1 && columns.strides[0] !== 1 && columns.extent > 4;
  const step = isTurned ? TURNED : Math.max(1, Math.floor(UNIT / 4 / width));
  const count = product(ordered.slice(0, -2).map(({ extent }) => extent)) * ceilDiv(rows.extent, step);
  const chunk = Math.max(1, Math.floor(UNIT / (Math.min(step, rows.extent) * width)));
  return [
    {
      kernel: 'move/copy',
      operands: [from, to],
      ints: [size, step, chunk, count, start * size, toStart * size, ordered.length - 2].concat(
        ordered.flatMap(({ extent, strides }) => [extent, ...strides.map((stride) => stride * size)]),
      ),
      units: ceilDiv(count, chunk),
      ...(ordered.every(isRun) ? { run: { from: start * size, to: toStart * size, bytes: width } } : {}),
    },
  ];
}

/** True of neighbours on both sides. */
function isRun({ extent, strides }: StridedDim): boolean {
  return extent === 1 || strides.every((stride) => stride === 1);
}

/** At least two dimensions: last the one whose elements are neighbours in the destination, before it that of neighbours in the source. */
function inOrder(dims: readonly StridedDim[]): StridedDim[] {
  const rest = [...dims];
  const take = (side: 0 | 1): StridedDim => {
    const found = rest.findIndex(({ strides }) => strides[side] === 1);
    return rest.splice(found, 1)[0] ?? { extent: 1, strides: [0, 0] };
  };
  const columns = take(1);
  const rows = take(0);
  return [...rest, rows, columns];
}
