/** Cases of all of Caffe's common layers. */
import type { LayerCase } from './layer-case.ts';
import { JOIN_CASES, SHAPE_CASES } from './shape-cases.ts';
import { FUNCTION_CASES, NORMALISE_CASES } from './value-cases.ts';
import { CONV_CASES, DECONV_CASES, POOL_CASES, PRODUCT_CASES } from './window-cases.ts';

/** Cases by layers. */
export const LAYER_CASES: Readonly<Record<string, Readonly<Record<string, LayerCase>>>> = {
  Convolution: CONV_CASES,
  Deconvolution: DECONV_CASES,
  Pooling: POOL_CASES,
  InnerProduct: PRODUCT_CASES,
  'functions of an element': FUNCTION_CASES,
  normalisations: NORMALISE_CASES,
  'joining and parting': JOIN_CASES,
  shapes: SHAPE_CASES,
};
