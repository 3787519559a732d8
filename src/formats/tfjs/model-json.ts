/** The model.json of TensorFlow.js: where its parts are. */
import { ImportError } from '../../core/errors.ts';
import { field, isObject, parseJson, type JsonObject } from './json.ts';
import type { ModelKind } from './recognise.ts';

/** A model.json, split into what the importers read. */
export interface ModelJson {
  readonly kind: ModelKind;
  /** Graph models: a GraphDef in protobuf's JSON form. Layers models: the Keras configuration. */
  readonly topology: JsonObject;
  /** Graph models: named inputs and outputs, when the converter kept them. */
  readonly signature: JsonObject | undefined;
  /** Unchecked: see `readWeights`. */
  readonly weightsManifest: unknown;
  /** What the file says of itself: who made it, and what its author added; objects as JSON. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Parses a model.json. Throws ImportError when it is not JSON, or not the kind of model asked for. */
export function parseModelJson(bytes: Uint8Array, file: string, kind: ModelKind): ModelJson {
  const json = parseJson(bytes, file);
  const topology = field(json, 'modelTopology');
  if (!isObject(topology)) throw new ImportError('there is no modelTopology object', { format: `tfjs-${kind}`, file });
  const weightsManifest = field(json, 'weightsManifest');
  return { kind, topology, signature: signatureOf(json), weightsManifest, metadata: metadataOf(json) };
}

function metadataOf(json: JsonObject): Map<string, string> {
  const given = field(json, 'userDefinedMetadata');
  const made = ['format', 'generatedBy', 'convertedBy'].map((key): [string, unknown] => [key, field(json, key)]);
  // The signature is no text about the model: it is read as what it is.
  const added = Object.entries(isObject(given) ? given : {}).filter(([key]) => key !== 'signature');
  const known = [...made, ...added].filter(([, value]) => value !== undefined && value !== null);
  return new Map(known.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]));
}

function signatureOf(json: JsonObject): JsonObject | undefined {
  const direct = field(json, 'signature');
  if (isObject(direct)) return direct;
  const metadata = field(json, 'userDefinedMetadata');
  const nested = isObject(metadata) ? field(metadata, 'signature') : undefined;
  return isObject(nested) ? nested : undefined;
}
