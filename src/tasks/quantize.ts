/** Models of floats to models of integers. What does it is loaded when it is asked for. */
import { onDemand } from '../core/on-demand.ts';
import type { TaskSource } from './picture-model.ts';
import type { QuantizedModel, QuantizeOptions } from './quantize-types.ts';

/**
 * Quantises a trained model after training: weights become int8, activations 8-bit integers whose ranges are taken from examples.
 * Inputs and outputs stay floats; extents are those that the model is run with. Rejects as `Session.create` and `Session.run` do, and
 * with InputError for fewer than two examples, a node to exclude that is none, a model that is quantised already, or has nothing to
 * quantise.
 */
export async function quantize(source: TaskSource, options: QuantizeOptions): Promise<QuantizedModel> {
  const { quantizeModel } = await onDemand('quantiser', () => import('./quantize-model.ts'));
  return quantizeModel(source, options);
}
