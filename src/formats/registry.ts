/** The formats tilewise reads, in the order in which `detect` asks them. */
import type { Importer } from './importer.ts';
import { onnxImporter } from './onnx/index.ts';
import { safetensorsImporter } from './safetensors/index.ts';
import { tfjsGraph, tfjsLayers } from './tfjs/index.ts';

/** Every importer. At most one recognises any given bytes. */
export const IMPORTERS: readonly Importer[] = [tfjsGraph, tfjsLayers, safetensorsImporter, onnxImporter];
