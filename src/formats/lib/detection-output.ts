/** DetectionOutput of SSD (Liu et al., arXiv:1512.02325): codes and priors to boxes, the best of each class, the best of them all. */
import { tensorOf } from '../../core/tensor.ts';
import type { BoxCoding } from '../../ir/ops.ts';
import { range } from '../../util/arrays.ts';
import { keptRows, type RowForm } from './kept-rows.ts';
import { extentNode, listed, withWhole } from './layer-nodes.ts';
import type { LayerEmitter } from './layer-emitter.ts';

/** What a layer of detections says of itself. */
export interface DetectionLayer {
  /** With the background. */
  readonly classes: number;
  /** The class that is none; −1 where there is no such class. */
  readonly background: number;
  /** Each prior has one code; else one for each class. */
  readonly shareLocation: boolean;
  readonly coding: BoxCoding & ('centerSize' | 'corner' | 'cornerSize');
  /** Codes are taken as they are, without the variances. */
  readonly varianceInTarget: boolean;
  /** Cuts boxes at the edges of the picture. */
  readonly clip: boolean;
  /** Scores of no more are passed over. */
  readonly confidence: number;
  /** Of two boxes of a class that overlap more the better is kept. */
  readonly overlap: number;
  /** Most boxes of a class that are looked at; −1: all. */
  readonly topK: number;
  /** Most boxes of a picture that are kept; −1: all. */
  readonly keepTopK: number;
  readonly form: RowForm;
}

/** The operands: values of P priors. */
export interface DetectionOperands {
  /** Codes, of N pictures 4·P numbers each, or 4·P·classes, float32. */
  readonly locations: string;
  /** Of N pictures P·classes probabilities each. */
  readonly scores: string;
  /** `[1, 2, 4·P]`: corners, and variances. */
  readonly priors: string;
}

/** More classes than any detector tells apart: lists are made of them. */
const MOST_CLASSES = 2 ** 16;

/** The rows of `layer.form`. Fails where no class is left, or an extent that is known does not fit. */
export function detectionOutputNodes(e: LayerEmitter, operands: DetectionOperands, layer: DetectionLayer): string {
  const { classes, background, topK } = layer;
  if (classes > MOST_CLASSES) e.fail(`has ${classes} classes`);
  const labels = range(classes).filter((label) => label !== background);
  if (labels.length === 0) e.fail(`has ${classes} classes, of which none is left without the background`);
  const scores = scoresByClass(e, operands.scores, classes, labels);
  const boxes = decodedBoxes(e, operands, layer, labels);
  const priors = extentNode(e, scores, 2);
  const most = topK < 0 ? priors : withWhole(e, 'min', priors, topK);
  const order = { axis: 2, largest: true };
  // NaN is no score, but the largest number to TopK.
  const isScore = e.binary('greater', scores, e.scalar('float32', layer.confidence));
  const known = e.one('Where', [isScore, scores, e.scalar('float32', -Infinity)], {});
  const [best = '', which = ''] = e.many('TopK', [known, listed(e, most)], order, 2);
  const batchDims = layer.shareLocation ? 1 : 2;
  const chosen = e.one('GatherND', [boxes, e.one('Unsqueeze', [which], { axes: [-1] })], { batchDims });
  const names = e.constant(tensorOf('int64', [labels.length], labels), 'labels');
  const ofGroup = (index: string): string => {
    const group = withWhole(e, 'floorMod', e.binary('floorDiv', index, most), labels.length);
    return e.one('Gather', [names, group], { axis: 0 });
  };
  const limits = {
    score: layer.confidence,
    overlap: layer.overlap,
    most: layer.keepTopK,
  };
  return keptRows(e, { boxes: chosen, scores: best, labelOf: ofGroup }, limits, layer.form);
}

/** `[N, F, P]` of the classes that are wanted. */
function scoresByClass(e: LayerEmitter, x: string, classes: number, labels: readonly number[]): string {
  const all = e.one('Transpose', [e.reshape(x, [0, -1, classes])], { perm: [0, 2, 1] });
  return labels.length === classes ? all : e.one('Gather', [all, e.ints(labels)], { axis: 1 });
}

/** Corners `[N, P, 4]`, or `[N, F, P, 4]` where each class has its own. */
function decodedBoxes(
  e: LayerEmitter,
  { locations, priors }: DetectionOperands,
  { classes, shareLocation, coding, varianceInTarget, clip }: DetectionLayer,
  labels: readonly number[],
): string {
  const part = (index: number): string => {
    const row = e.one('Gather', [priors, e.scalar('int64', index)], { axis: 1 });
    return e.reshape(row, shareLocation ? [1, -1, 4] : [1, 1, -1, 4]);
  };
  const codes = shareLocation
    ? e.reshape(locations, [0, -1, 4])
    : e.one('Gather', [byClass(e, locations, classes), e.ints(labels)], { axis: 1 });
  const weighed = varianceInTarget ? codes : e.binary('mul', codes, part(1));
  return e.one('BoxDecode', [weighed, part(0)], {
    coding,
    anchorForm: 'corners',
    factors: [1, 1, 1, 1],
    anchorExtent: 0,
    boxExtent: 0,
    maxExponent: Infinity,
    bins: 0,
    points: 0,
    clip: clip ? [0, 0, 1, 1] : [],
  });
}

/** Codes `[N, classes, P, 4]`. */
function byClass(e: LayerEmitter, locations: string, classes: number): string {
  return e.one('Transpose', [e.reshape(locations, [0, -1, classes, 4])], { perm: [0, 2, 1, 3] });
}
