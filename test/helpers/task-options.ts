/** Options of tasks whose models come from the catalogue: with the files that this machine has, on its GPU. */
import type { CatalogueEntry } from '../../src/catalogue/entry.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { catalogueModel } from './catalogue-models.ts';

async function modelBase(entry: CatalogueEntry): Promise<ModelFiles> {
  const files = await catalogueModel(entry);
  if (!files) throw new Error(`${entry.name} cannot be had here`);
  return files;
}

/** For `createPoseEstimator` and its like. Models reject with Error where their files cannot be had. */
export const onGpuHere = { modelBase, gpu: async (): Promise<GPUAdapter> => (await openGpu()).adapter };
