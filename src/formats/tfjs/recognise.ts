/** Tells the model.json of TensorFlow.js by its content, and which of its two kinds it is. */
import { field, isObject, type JsonObject } from './json.ts';

/** The two kinds of model.json: a TensorFlow GraphDef, or a Keras architecture. */
export type ModelKind = 'graph' | 'layers';

/** The kind of model.json these bytes look like, by content; also for truncated files, so that they fail as what they are. */
export function recogniseKind(bytes: Uint8Array): ModelKind | undefined {
  if (firstCharacter(bytes) !== '{') return undefined;
  const text = new TextDecoder().decode(bytes);
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? kindOf(json) : undefined;
  } catch {
    return kindOfText(text);
  }
}

function firstCharacter(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, 64));
  return head.trimStart().slice(0, 1);
}

function kindOf(json: JsonObject): ModelKind | undefined {
  const format = field(json, 'format');
  if (format === 'graph-model') return 'graph';
  if (format === 'layers-model') return 'layers';
  const topology = field(json, 'modelTopology');
  if (!isObject(topology)) return undefined;
  if (Array.isArray(field(topology, 'node'))) return 'graph';
  return isObject(kerasModel(topology)) ? 'layers' : undefined;
}

function kindOfText(text: string): ModelKind | undefined {
  if (/"format"\s*:\s*"graph-model"/.test(text)) return 'graph';
  if (/"format"\s*:\s*"layers-model"/.test(text)) return 'layers';
  if (!text.includes('"modelTopology"')) return undefined;
  return /"(model_config|class_name)"\s*:/.test(text) ? 'layers' : 'graph';
}

/** The Keras model object `{class_name, config}` of a topology; the converter may wrap it in `model_config`. */
export function kerasModel(topology: JsonObject): unknown {
  const wrapped = field(topology, 'model_config');
  if (wrapped !== undefined) return wrapped;
  return field(topology, 'class_name') === undefined ? undefined : topology;
}
