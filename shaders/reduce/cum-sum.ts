/**
 * Adds up the elements of each line of x, and writes down the sum at each of them: the last of three steps over chunks of a line,
 * or the only one where a line is one chunk.
 *
 * Layout: x, y [outer, length, inner]; a line has one position in all but the middle, and is walked from its end where reversed.
 *   starts[line · chunks + chunk], the sum of all before a chunk of `size` elements. Integers wrap.
 * Bindings: 0 x read, 1 y read_write; with chunks, starts read before y.
 * Workgroup: 64 × 1 × 1, one chunk per invocation.
 * Dispatch: dispatch1d(count, 64); count is lines · chunks.
 * Spec: type, dtype of the elements; exclusive, reverse; inChunks.
 * Limits: no workgroup storage.
 */
import type { DType } from '../../src/core/dtype.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { wrapped } from '../lib/special-numbers.ts';

/** Invocations per workgroup. */
export const CUM_SUM_WORKGROUP = 64;

export interface CumSumSpec {
  readonly type: Scalar;
  readonly dtype: DType;
  readonly exclusive: boolean;
  readonly reverse: boolean;
  readonly inChunks: boolean;
}

/** Parameters of what walks chunks. */
export const CHUNK_PARAMS = {
  count: 'u32',
  chunks: 'u32',
  size: 'u32',
  length: 'u32',
  inner: 'u32',
} as const;

/** Statements that declare where the line of chunk `i` begins, and the positions `first` to `last` of the chunk in it. */
export const CHUNK_STATEMENTS = wgsl`
  let line = i / params.chunks;
  let first = (i - line * params.chunks) * params.size;
  let last = min(params.length, first + params.size);
  let outer = line / params.inner;
  let start = outer * params.length * params.inner + line - outer * params.inner;`;

/** The index of position `k`. */
export function elementOfLine(reverse: boolean): string {
  return reverse ? 'start + (params.length - 1u - k) * params.inner' : 'start + k * params.inner';
}

export function cumSumShader({ type, dtype, exclusive, reverse, inChunks }: CumSumSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: type },
      ...(inChunks ? [{ name: 'starts', access: 'read', element: type } as const] : []),
      { name: 'y', access: 'read_write', element: type },
    ],
    params: CHUNK_PARAMS,
    workgroupSize: [CUM_SUM_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(CUM_SUM_WORKGROUP)}
  if (i >= params.count) { return; }
  ${CHUNK_STATEMENTS}
  var sum = ${inChunks ? 'starts[i]' : `${type}()`};
  for (var k = first; k < last; k++) {
    let place = ${elementOfLine(reverse)};
    let before = sum;
    sum += x[place];
    y[place] = ${wrapped(exclusive ? 'before' : 'sum', dtype, 1)};
  }`,
  });
}
