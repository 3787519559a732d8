/** The operators that have a benchmark of their own, each loaded when it is asked for. */
import type { OperatorCase } from './case.ts';

/** Cases by the name of the operator on the command line. */
export const OPERATORS = {
  'roi-align': async () => (await import('./roi-align.ts')).roiAlignBenchCases,
  'roi-pools': async () => (await import('./roi-pools.ts')).roiPoolCases,
  nms: async () => (await import('./nms.ts')).suppressionCases,
  'conv-transpose': async () => (await import('./conv-transpose.ts')).convTransposeCases,
  'deform-conv': async () => (await import('./deform-conv.ts')).deformConvCases,
  conv3d: async () => (await import('./conv3d.ts')).conv3dCases,
  dilated: async () => (await import('./dilated.ts')).dilatedCases,
  'arg-max': async () => (await import('./arg-max.ts')).argMaxCases,
  detectors: async () => (await import('./detectors.ts')).detectorCases,
  resize: async () => (await import('./resize.ts')).resizeBenchCases,
  lstm: async () => (await import('./recurrent.ts')).lstmBenchCases,
  gru: async () => (await import('./recurrent.ts')).gruBenchCases,
  'top-k': async () => (await import('./top-k.ts')).topKBenchCases,
} satisfies Record<string, () => Promise<readonly OperatorCase[]>>;

/** Names on the command line. */
export type OperatorName = keyof typeof OPERATORS;

/** All of them. */
export const OPERATOR_NAMES = Object.keys(OPERATORS) as readonly OperatorName[];
