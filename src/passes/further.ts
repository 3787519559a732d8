/** The passes that many networks have no use for, which are loaded where one may change something. */
export { foldBatchNorm } from './fold/fold-batchnorm.ts';
export { foldHoles } from './fold/fold-holes.ts';
export { foldPads } from './fold/fold-pads.ts';
export { foldScale } from './fold/fold-scale.ts';
export { storeWeights } from './fold/weight-storage.ts';
export { fuseGate } from './fuse/fuse-gate.ts';
export { layoutAny } from './layout/further-rules.ts';
export { reshapeUnitTransposes } from './layout/unit-transposes.ts';
export { resolvePadding } from './resolve-pads.ts';
export { recogniseChannelShuffle } from './patterns/channel-shuffle.ts';
export { mergeClips } from './patterns/clip-chain.ts';
export { recogniseGelu } from './patterns/gelu.ts';
export { recogniseHardSigmoid } from './patterns/hard-sigmoid.ts';
export { recogniseHardSwish } from './patterns/hard-swish.ts';
export { recogniseSplitShuffle } from './patterns/split-shuffle.ts';
export { recogniseSwish } from './patterns/swish.ts';
export { recogniseUniformPRelu } from './patterns/uniform-prelu.ts';
