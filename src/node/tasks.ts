/** Tasks on pictures in Node: models by path, files of the catalogue from packages and folders, the adapter `openGpu` finds. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findEntry } from '../catalogue/catalogue.ts';
import type { ModelFiles } from '../formats/importer.ts';
import type { FetchSettings } from '../session/model-source.ts';
import type { ModelBase } from '../tasks/catalogue-files.ts';
import { createClassifier as classifier, type Classifier } from '../tasks/classifier.ts';
import { createDetector as detector, type Detector } from '../tasks/detector.ts';
import type { TaskOptions, TaskSource } from '../tasks/picture-model.ts';
import { openGpu } from './adapter.ts';
import { decodeImage } from './image.ts';
import { openModel } from './model-source.ts';
import { fileTuningCache } from './tuning-cache.ts';

/**
 * Loads a classifier as in a page; the source may be a path or a file: URL too, `modelBase` a folder, and without one models of the
 * catalogue come from where `openModel` finds them. Rejects as `createClassifier` in a page and `openModel` do.
 */
export async function createClassifier(source: TaskSource, options: TaskOptions = {}): Promise<Classifier> {
  return classifier(opened(source), inNode(options));
}

/** Loads a detector, with the differences of `createClassifier`. */
export async function createDetector(source: TaskSource, options: TaskOptions = {}): Promise<Detector> {
  return detector(opened(source), inNode(options));
}

/** Opened by the session, which meanwhile opens the device, and counts the time. */
function opened(source: TaskSource): TaskSource {
  if (source instanceof URL && source.protocol === 'file:') return opener(source.href);
  return typeof source === 'string' && !findEntry(source) ? opener(source) : source;
}

/** Opens a path or URL, and tells of the bytes of each file. */
function opener(name: string): (settings: FetchSettings) => Promise<ModelFiles> {
  return ({ signal, allowHosts, onBytes }) =>
    openModel(name, {
      signal,
      allowHosts,
      onProgress: ({ stage, done, total }) => onBytes?.(done, total, stage.replace(/^download /, '')),
    });
}

async function gpu(): Promise<GPUAdapter> {
  return (await openGpu()).adapter;
}

function inNode(options: TaskOptions): TaskOptions {
  return {
    gpu,
    decodePicture: decodeImage,
    tuningCache: fileTuningCache(),
    ...options,
    modelBase: baseInNode(options?.modelBase),
  };
}

function baseInNode(base: ModelBase | undefined): ModelBase {
  if (base === undefined) return ({ name }) => openModel(name);
  if (typeof base === 'function' || /^https?:/i.test(String(base))) return base;
  const text = String(base);
  const folder = text.startsWith('file:') ? fileURLToPath(text) : text;
  return ({ name }) => openModel(resolve(folder, name));
}
