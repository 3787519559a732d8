/** The formats tilewise reads. */
import { caffeImporter } from './caffe/index.ts';
import { COMMON_IMPORTERS } from './common-formats.ts';
import type { Importer } from './importer.ts';
import { ncnnImporter } from './ncnn/index.ts';
import { safetensorsImporter } from './safetensors/index.ts';

/** Every importer. At most one recognises any given bytes. */
export const IMPORTERS: readonly Importer[] = [...COMMON_IMPORTERS, caffeImporter, ncnnImporter, safetensorsImporter];

/** How names of main files end, in all formats: `.json`, `.onnx` …; what describes a network before what only holds weights. */
export function modelExtensions(): readonly string[] {
  return [...new Set(IMPORTERS.flatMap(({ extensions }) => extensions))];
}
