/** Copies where elements lie four to a word on one side: loaded when a graph has values that can be packed. */
import { packedCopyShader, type PackedCopySpec } from '../../../shaders/move/packed-copy.ts';
import type { ShaderModule } from '../../../shaders/lib/module.ts';
import { PlanError } from '../../core/errors.ts';
import { isPacked } from '../../core/storage.ts';
import { at, ceilDiv } from '../../util/arrays.ts';

/** A box to copy: extents and strides in the destination, and where it begins there. */
interface Box {
  readonly dims: readonly { readonly extent: number; readonly strides: readonly number[] }[];
  readonly toStart: number;
}

/** Throws PlanError unless four neighbours in the order of the box are one word: its innermost dimensions lie densely there. */
function requireWords({ dims, toStart }: Box): void {
  let run = 1;
  let outer = dims.length;
  while (outer > 0 && (at(dims, outer - 1).extent === 1 || at(at(dims, outer - 1).strides, 1) === run)) {
    run *= at(dims, --outer).extent;
  }
  const steps = [toStart, run, ...dims.slice(0, outer).map((d) => at(d.strides, 1))];
  if (!steps.every((n) => n % 4 === 0)) throw new PlanError('packed elements would be written one by one');
}

/** What copies take of this file. */
export const packedCopies = {
  /** The shader of a copy of `count` elements, and its invocations. Throws PlanError where words would be written in parts. */
  kernel(spec: PackedCopySpec, box: Box, count: number): { shader: ShaderModule; invocations: number } {
    const packs = isPacked(spec.to);
    if (packs && !spec.denseOut) requireWords(box);
    return { shader: packedCopyShader(spec), invocations: packs ? ceilDiv(count, 4) : count };
  },
};
