/** Writes Transposes that move only extents of 1 as Reshape, which moves no memory. */
import type { Graph } from '../../ir/graph.ts';
import { at } from '../../util/arrays.ts';
import { fullPerm, movesOnlyUnits } from '../lib/permutation.ts';
import { rewrite } from '../lib/rewriter.ts';

/** The graph with every Transpose that keeps the order of elements as a Reshape with a constant shape. */
export function reshapeUnitTransposes(graph: Graph): Graph {
  return rewrite(graph, (node, rewriter) => {
    if (node.op !== 'Transpose') return undefined;
    const input = at(node.inputs, 0);
    const output = at(node.outputs, 0);
    const { shape, bounded } = rewriter.desc(input);
    // An extent that depends on data is no unit, though its bound may be 1.
    if (bounded || !movesOnlyUnits(fullPerm(node.attributes.perm, shape.length), shape)) return undefined;
    const ints = rewriter.addInts(`${output}_shape`, rewriter.desc(output).shape);
    return rewriter.add('Reshape', [input, ints], { allowZero: true }, node);
  });
}
