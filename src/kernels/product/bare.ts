/** The tail of a product that only writes its sums, dense, for the dispatch behind it. */
import { ACTIVATION_PARAMS } from '../../../shaders/lib/activation.ts';
import type { CallOperand } from '../definition.ts';
import type { Epilogue } from '../lib/epilogue.ts';

/** Writes rows of `columns` floats, a multiple of 4, to `operand`. */
export function bareEpilogue(operand: CallOperand, columns: number): Epilogue {
  const noActivation = Object.fromEntries(Object.keys(ACTIVATION_PARAMS).map((name) => [name, 0]));
  return {
    spec: {
      bias: false,
      residual: 'none',
      residualType: 'f32',
      outType: 'f32',
      activation: 'none',
      scattered: false,
    },
    operands: [operand],
    params: { ...noActivation, y_offset: 0, y_pitch: columns },
    vector: true,
  };
}
