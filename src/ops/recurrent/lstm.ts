/** LSTM: long short-term memory over sequences, in one direction or both, with peepholes and lengths. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { LSTM_PARAMETERS, inferRecurrent, recurrentMultiplyAdds } from '../lib/recurrent.ts';

const CELL = { op: 'LSTM', gates: 4, functions: 3, cells: 1 } as const;

/** y `[T, D, N, H]` and the last h and c `[D, N, H]`. Throws ShapeError where operands do not fit, or a known length exceeds T. */
export const lstm: OpDefinition<'LSTM'> = {
  infer: ({ attributes }, inputs) => inferRecurrent(attributes, inputs, CELL),
  reference: lazy(() => import('./lstm-loop.ts'), 'lstmReference'),
  multiplyAdds: ({ attributes }, inputs) => recurrentMultiplyAdds(attributes, inputs, CELL.gates),
  parameters: () => LSTM_PARAMETERS,
};
