/** Models of any format written in another. What does it is loaded when it is asked for. */
import { onDemand } from '../core/on-demand.ts';
import type { ConvertedModel, ConvertOptions } from './convert-types.ts';
import type { TaskSource } from './picture-model.ts';

/**
 * Writes a model of any format that is read as an ONNX file (opset 20) for any runtime, or its weights as safetensors. Names, types
 * and layouts of inputs and outputs stay; so do extents that the model leaves open, and those that it only suggests where shapes follow
 * from any: `inputShapes` fixes them. Names of classes, and how pictures are prepared, where that is known, stand in the metadata of
 * an ONNX file, from which tilewise reads them.
 *
 * Rejects as reading the model does, with UnsupportedError that lists every node which ONNX cannot say, and what may help, with
 * ShapeError where `inputShapes` do not fit, and with InputError where the weights are more than the 2 GiB that an ONNX file holds.
 */
export async function convertModel(source: TaskSource, options: ConvertOptions = {}): Promise<ConvertedModel> {
  const { converted } = await onDemand('exporters', () => import('./convert-model.ts'));
  return converted(source, options);
}
