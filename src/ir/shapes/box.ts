/** What inference and kernels of box operators share: how many numbers an anchor and a code have. */
import type { DetectOps } from '../ops/detect.ts';

type Attributes = DetectOps['BoxDecode'];

/** True of the codings whose anchors say which cell they belong to. */
export function hasCells({ coding }: Pick<Attributes, 'coding'>): boolean {
  return coding === 'sigmoidExp' || coding === 'sigmoidSquare';
}

/** Numbers of one box's code, in front of those of key points. */
export function codeLength({ coding, bins }: Pick<Attributes, 'coding' | 'bins'>): number {
  return coding === 'distribution' ? 4 * bins : 4;
}
