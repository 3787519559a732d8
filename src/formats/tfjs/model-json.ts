/** The model.json of TensorFlow.js: which of its two kinds it is, and where its parts are. */
import { ImportError } from '../../core/errors.ts';
import { asObject, field, isObject, parseJson, type JsonObject } from './json.ts';

/** The two kinds of model.json: a TensorFlow GraphDef, or a Keras architecture. */
export type ModelKind = 'graph' | 'layers';

/** A model.json, split into what the importers read. */
export interface ModelJson {
  readonly kind: ModelKind;
  /** Graph models: a GraphDef in protobuf's JSON form. Layers models: the Keras configuration. */
  readonly topology: JsonObject;
  /** Graph models: named inputs and outputs, when the converter kept them. */
  readonly signature: JsonObject | undefined;
  /** Unchecked: see `readWeights`. */
  readonly weightsManifest: unknown;
}

/** The kind of model.json these bytes look like, by content; also for truncated files, so that they fail as what they are. */
export function recogniseKind(bytes: Uint8Array): ModelKind | undefined {
  if (firstCharacter(bytes) !== '{') return undefined;
  const text = new TextDecoder().decode(bytes);
  try {
    return kindOf(asObject(JSON.parse(text), 'model.json'));
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

/** Parses a model.json. Throws ImportError when it is not JSON, or not the kind of model asked for. */
export function parseModelJson(bytes: Uint8Array, file: string, kind: ModelKind): ModelJson {
  const json = parseJson(bytes, file);
  const topology = field(json, 'modelTopology');
  if (!isObject(topology)) throw new ImportError('there is no modelTopology object', { format: `tfjs-${kind}`, file });
  return { kind, topology, signature: signatureOf(json), weightsManifest: field(json, 'weightsManifest') };
}

function signatureOf(json: JsonObject): JsonObject | undefined {
  const direct = field(json, 'signature');
  if (isObject(direct)) return direct;
  const metadata = field(json, 'userDefinedMetadata');
  const nested = isObject(metadata) ? field(metadata, 'signature') : undefined;
  return isObject(nested) ? nested : undefined;
}
