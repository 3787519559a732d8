/**
 * Writes updates to the elements of y that indices along one dimension name, or joins them to what is there.
 *
 * Layout: indices and updates dense, read at Σ c·s + k·step; y written at Σ c·t + place·stride. A line is what has one position
 *   beside the axis: all its updates go to a line of y, to which no other writes, and one invocation writes them in order. So the
 *   last of several to one place stays, and sums are always the same. Negative indices count from the end; what goes outside is
 *   left out. Where it is counted, only so many updates of a line are there.
 * Bindings: 0 indices read i32, 1 updates read, 2 y read_write (both u32 where updates replace); where it is counted, the count
 *   read i32 before y.
 * Workgroup: 64 × 1 × 1, one line per invocation.
 * Dispatch: dispatch1d(lines, 64).
 * Spec: rank of the lines after collapsing; counted; joined.
 * Limits: no workgroup storage.
 */
import { THERE_BINDING } from './gather.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { joinedFunction, joinStatement, PLACE_FUNCTION, type Joined } from '../lib/scatter.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

/** Invocations per workgroup. */
export const SCATTER_WORKGROUP = 64;

export interface ScatterElementsSpec {
  readonly rank: number;
  readonly counted: boolean;
  readonly joined: Joined;
}

export function scatterElementsShader({ rank, counted, joined }: ScatterElementsSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'indices', access: 'read', element: 'i32' },
      { name: 'updates', access: 'read', element: joined.type },
      ...(counted ? [THERE_BINDING] : []),
      { name: 'y', access: 'read_write', element: joined.type },
    ],
    params: {
      lines: 'u32',
      length: 'u32',
      step: 'u32',
      extent: 'u32',
      stride: 'u32',
      ...listFields('d', rank),
      ...listFields('s', rank),
      ...listFields('t', rank),
    },
    workgroupSize: [SCATTER_WORKGROUP, 1, 1],
    declarations: PLACE_FUNCTION + joinedFunction(joined),
    body: wgsl`
  ${linearIndex(SCATTER_WORKGROUP)}
  if (i >= params.lines) { return; }
  ${coordinates(rank)}
  var source = ${stridedOffset(rank, 's')};
  let line = ${stridedOffset(rank, 't')};
  let length = ${counted ? 'min(params.length, u32(there[0]))' : 'params.length'};
  for (var k = 0u; k < length; k++) {
    let to = place(indices[source], params.extent);
    if (to < params.extent) {
      let at = line + to * params.stride;
      ${joinStatement(joined.reduction, 'at', 'updates[source]')}
    }
    source += params.step;
  }`,
  });
}
