/** The ordered list of passes, and `compile`, which runs it. */
import { getRow, lazy, type Row } from '../core/on-demand.ts';
import type { Graph } from '../ir/graph.ts';
import { finish } from '../util/pause.ts';
import { bindShapes } from './bind-shapes.ts';
import { canonicalise } from './canonicalise.ts';
import { removeDeadNodes } from './dead-nodes.ts';
import { foldConstants, foldingConstants } from './fold/fold-constants.ts';
import { fuseEpilogue } from './fuse/fuse-epilogue.ts';
import { hasDataExtents } from './infer-shapes.ts';
import { layout } from './layout/layout.ts';
import type { CompileOptions, Level } from './lib/compile-options.ts';
import {
  hasAutoPads,
  hasBytes,
  hasClips,
  hasDequantised,
  hasFurtherMoves,
  hasHoles,
  hasPads,
  hasNorms,
  hasProducts,
  hasPRelus,
  hasQuantised,
  hasScales,
  hasSwaps,
  hasTransposes,
} from './may-apply.ts';

export type { CompileOptions, Level };

/** One pass. Pure; gives the same object when it changes nothing. */
export interface Pass {
  readonly name: string;
  /** The lowest level that runs it. */
  readonly level: Level;
  /** False where it would change nothing: it need not be loaded then. `source` is what all passes began with. */
  readonly applies?: (graph: Graph, options: CompileOptions, source: Graph) => boolean;
  readonly run: Row<Run>;
  /** The same with pauses, for one that may take long. */
  readonly pausing?: (graph: Graph, options: CompileOptions) => Generator<void, Graph>;
}

/** Integers that are dequantised stay integers where a pass may compute with them. */
function folding(graph: Graph, { level }: CompileOptions): Generator<void, Graph> {
  const keeps = level === 'full' && hasQuantised(graph);
  return foldingConstants(graph, keeps ? ({ op }) => op === 'DequantizeLinear' : undefined);
}

type Run = (graph: Graph, options: CompileOptions) => Graph;

const further = <K extends keyof Further>(name: K): Row<Run> => lazy(() => import('./further.ts'), name);
type Further = typeof import('./further.ts');

const QUANTISED: Row<Run> = lazy(
  () => import('./qdq/fuse-quantised.ts').then((part) => part.withOperators(part)),
  'fuseQuantised',
);

const LP_NORMALIZATION: Row<Run> = lazy(
  () => import('./patterns/lp-normalization.ts').then((part) => part.withLpNormalization(part)),
  'recogniseLpNormalization',
);

/** Every pass, in order. */
export const PASSES: readonly Pass[] = [
  { name: 'bind-shapes', level: 'reference', run: (graph, { inputShapes }) => bindShapes(graph, inputShapes) },
  // Before extents are inferred: a Pad by as many rows as are free has none.
  {
    name: 'padded-suppression',
    level: 'reference',
    applies: hasDataExtents,
    run: further('recognisePaddedSuppression'),
  },
  // Infers shapes too: each needs the other. All later passes keep `values` complete.
  {
    name: 'fold-constants',
    level: 'reference',
    run: (graph, options) => finish(folding(graph, options)),
    pausing: folding,
  },
  { name: 'resolve-pads', level: 'folded', applies: hasAutoPads, run: further('resolvePadding') },
  // Before the patterns and layout, which know only Reshape, not Squeeze, Unsqueeze, Flatten.
  { name: 'canonicalise', level: 'folded', run: canonicalise },
  // Before all that looks for operators next to each other, which QuantizeLinear and DequantizeLinear stand between.
  { name: 'fuse-quantised', level: 'full', applies: hasQuantised, run: QUANTISED },
  // Again: weights of what computes with real numbers after all.
  {
    name: 'fold-constants',
    level: 'full',
    applies: hasDequantised,
    run: foldConstants,
    pausing: (graph) => foldingConstants(graph),
  },
  // Before layout, which would tear the Reshapes and Transposes of a shuffle apart, and adds those it cannot cancel.
  { name: 'channel-shuffle', level: 'folded', applies: hasSwaps, run: further('recogniseChannelShuffle') },
  { name: 'split-shuffle', level: 'folded', applies: hasSwaps, run: further('recogniseSplitShuffle') },
  // Before hard-sigmoid, which looks for a clip: minimum and maximum become one.
  { name: 'clip-chain', level: 'folded', applies: hasClips, run: further('mergeClips') },
  // Before hard-swish, which may be written x·hardSigmoid(x).
  {
    name: 'hard-sigmoid',
    level: 'folded',
    applies: (graph) => hasProducts(graph) || hasClips(graph),
    run: further('recogniseHardSigmoid'),
  },
  { name: 'hard-swish', level: 'folded', applies: hasProducts, run: further('recogniseHardSwish') },
  { name: 'swish', level: 'folded', applies: hasProducts, run: further('recogniseSwish') },
  { name: 'gelu', level: 'folded', applies: hasProducts, run: further('recogniseGelu') },
  { name: 'uniform-prelu', level: 'folded', applies: hasPRelus, run: further('recogniseUniformPRelu') },
  { name: 'layout', level: 'folded', applies: (graph) => !hasFurtherMoves(graph), run: (graph) => layout(graph) },
  { name: 'layout', level: 'folded', applies: hasFurtherMoves, run: further('layoutAny') },
  // After layout, for which even a Transpose of 1×1 maps is one that cancels; a Reshape would stand in its way.
  { name: 'unit-transposes', level: 'folded', applies: hasTransposes, run: further('reshapeUnitTransposes') },
  // Again: layout leaves Reshapes that meet, and operators that now do nothing.
  { name: 'canonicalise', level: 'folded', run: canonicalise },
  // After layout, which moves Pads of channels-first maps next to the windows that take them.
  { name: 'fold-pads', level: 'folded', applies: hasPads, run: further('foldPads') },
  // After fold-pads: zeros at the ends of a kernel go where there is padding to cut.
  { name: 'fold-holes', level: 'folded', applies: hasHoles, run: further('foldHoles') },
  // After layout: no Transpose stands between a convolution and its normalisation any more.
  { name: 'fold-batchnorm', level: 'folded', applies: hasScales, run: further('foldBatchNorm') },
  // After fold-batchnorm, which moves factors backwards where it can; before fuse-epilogue hides what they follow.
  { name: 'fold-scale', level: 'folded', applies: hasProducts, run: further('foldScale') },
  // After layout, which brings channels to the end; before fuse-epilogue, which would take the factors.
  { name: 'lp-normalization', level: 'full', applies: hasNorms, run: LP_NORMALIZATION },
  // After fold-batchnorm: a convolution that already has an activation can take no scale.
  { name: 'fuse-epilogue', level: 'full', run: fuseEpilogue },
  // After fuse-epilogue, so that no other pass meets a scale; and a product that takes an activation is none.
  { name: 'fuse-gate', level: 'full', applies: hasProducts, run: further('fuseGate') },
  // After all that changes weights, or hands on a product's operands. The CPU has it where the caller asks for it.
  { name: 'weight-storage', level: 'reference', applies: hasBytes, run: further('storeWeights') },
  { name: 'dead-nodes', level: 'reference', run: removeDeadNodes },
];

/** True of a pass of level `own` where a graph is compiled up to `level`. */
export function isBeyond(own: Level, level: Level): boolean {
  return own !== 'reference' && own !== level && level !== 'full';
}

/**
 * Runs the passes one after another, and gives each before it runs, to whoever has to load it, and nothing in between where
 * one takes long. Ends with the graph; see `compile`.
 */
export function* compiling(graph: Graph, options: CompileOptions): Generator<Pass | void, Graph> {
  let current = graph;
  for (const pass of PASSES) {
    if (isBeyond(pass.level, options.level)) continue;
    if (pass.applies?.(current, options, graph) === false) continue;
    yield pass;
    current = pass.pausing ? yield* pass.pausing(current, options) : getRow(pass.run)(current, options);
  }
  return current;
}

/**
 * Makes an imported graph ready to run: static shapes, `values` complete, constants folded; at level `full` also
 * simplified, laid out and fused for the kernels. Inputs and outputs keep their names, dtypes and layouts.
 * Throws ShapeError (naming the node) when shapes do not fit or are not bound, and LoadError when a pass is not there.
 */
export function compile(graph: Graph, options: CompileOptions): Graph {
  return finish(compiling(graph, options));
}
