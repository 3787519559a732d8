/** The formats tilewise reads. */
import type { Importer } from './importer.ts';
import { onnxImporter } from './onnx/index.ts';
import { safetensorsImporter } from './safetensors/index.ts';
import { tfjsGraph, tfjsLayers } from './tfjs/index.ts';
import { tfliteImporter } from './tflite/index.ts';

/** Every importer, in the order in which `detect` asks them. At most one recognises any given bytes. */
export const IMPORTERS: readonly Importer[] = [
  tfjsGraph,
  tfjsLayers,
  onnxImporter,
  tfliteImporter,
  safetensorsImporter,
];

/** How names of main files end, in all formats: `.json`, `.onnx` …; what describes a network before what only holds weights. */
export function modelExtensions(): readonly string[] {
  return [...new Set(IMPORTERS.flatMap(({ extensions }) => extensions))];
}
