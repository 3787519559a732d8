/** The formats that pages mostly read: what tells the others is fetched when a file is none of these. */
import type { Importer } from './importer.ts';
import { onnxImporter } from './onnx/index.ts';
import { tfjsGraph, tfjsLayers } from './tfjs/index.ts';
import { tfliteImporter } from './tflite/index.ts';

/** Their importers, in the order in which `detect` asks them. */
export const COMMON_IMPORTERS: readonly Importer[] = [tfjsGraph, tfjsLayers, onnxImporter, tfliteImporter];
