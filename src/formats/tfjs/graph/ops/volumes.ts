/** Convolutions and pools of three dimensions. */
import type { NodeContext } from '../context.ts';
import { convolutionOf } from './conv.ts';
import { poolRow } from './pool.ts';

export const conv3d = (c: NodeContext): string => convolutionOf(c, c.input(1), 1, 3);
export const maxPool3d = poolRow('MaxPool', 3);
export const avgPool3d = poolRow('AveragePool', 3);
