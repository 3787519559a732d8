/** GRU: gated recurrent units over sequences, in one direction or both, with lengths. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { RECURRENT_PARAMETERS, inferRecurrent, recurrentMultiplyAdds } from '../lib/recurrent.ts';

const CELL = { op: 'GRU', gates: 3, functions: 2, cells: 0 } as const;

/** y `[T, D, N, H]` and the last h `[D, N, H]`. Throws ShapeError where operands do not fit, or a known length exceeds T. */
export const gru: OpDefinition<'GRU'> = {
  infer: ({ attributes }, inputs) => inferRecurrent(attributes, inputs, CELL),
  reference: lazy(() => import('./gru-loop.ts'), 'gruReference'),
  multiplyAdds: ({ attributes }, inputs) => recurrentMultiplyAdds(attributes, inputs, CELL.gates),
  parameters: () => RECURRENT_PARAMETERS,
};
