/** Convolutions that few classifiers have, in one file for a page to load. */
export { nhwcConv, nhwcFusedConv, nhwcMaxPool } from './channels-last.ts';
export { col2im } from './col2im.ts';
export { fusedConv } from './conv-fused.ts';
export { convTranspose } from './conv-transpose.ts';
export { deformConv } from './deform-conv.ts';
