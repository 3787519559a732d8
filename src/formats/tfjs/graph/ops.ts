/** The TensorFlow operators that graph models may use, each with its translation. */
import { onDemand } from '../../../core/on-demand.ts';
import type { Translation } from './context.ts';
import { CONVOLUTION } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { REDUCTION } from './reduction.ts';
import { SHAPE } from './shape.ts';

/** Translations by operator name. Const and Placeholder have none: they become initializers and graph inputs. */
export type Translations = Readonly<Record<string, Translation>>;

const COMMON: Translations = { ...CONVOLUTION, ...ELEMENTWISE, ...SHAPE, ...REDUCTION };

/** The translations for a model with these operators. */
export async function translationsFor(ops: readonly string[]): Promise<Translations> {
  if (ops.every((op) => Object.hasOwn(COMMON, op))) return COMMON;
  const { RARE } = await onDemand('further TensorFlow operators', () => import('./rare.ts'));
  return { ...COMMON, ...RARE };
}
