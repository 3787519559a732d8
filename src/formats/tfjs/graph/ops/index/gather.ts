/** Translations of operators that choose elements by their index. */
import type { GraphTranslation } from '../../context.ts';

const gather: GraphTranslation = (c) => {
  const batchDims = c.attr.int('batch_dims', 0);
  if (batchDims !== 0) c.refuse(`batch_dims ${batchDims}`);
  const axis = c.inputCount > 2 ? c.knownInt(2, 'a gather axis') : 0;
  return c.one('Gather', [c.input(0), c.input(1)], { axis });
};

/** Rows of the operator table. */
export const GATHER = {
  Gather: gather,
  GatherV2: gather,
};
