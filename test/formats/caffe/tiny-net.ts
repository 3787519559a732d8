/** Networks of a few layers for tests of how they are put together: layers that add numbers tell which of them were passed. */
import { TilewiseError } from '../../../src/core/errors.ts';
import { zeros } from '../../../src/core/tensor.ts';
import { caffeImporter } from '../../../src/formats/caffe/index.ts';
import type { ImportedModel } from '../../../src/formats/importer.ts';
import { caffeFiles, type CaffeBlobs } from '../../helpers/caffe-models.ts';
import { referenceRun } from '../../helpers/reference.ts';

/** The model of a text and blobs. */
export const load = (text: string, blobs?: CaffeBlobs): Promise<ImportedModel> =>
  caffeImporter.load(caffeFiles(text, blobs));

/** The typed error that reading one ends with. */
export async function errorOf(text: string, blobs?: CaffeBlobs): Promise<TilewiseError> {
  const error: unknown = await load(text, blobs).catch((e: unknown) => e);
  if (!(error instanceof TilewiseError)) throw error;
  return error;
}

/** An input of two numbers. */
export const X = 'input: "x" input_dim: 1 input_dim: 2 input_dim: 1 input_dim: 1';

/** A layer whose blobs are called by one letter each. */
export function layer(name: string, type: string, bottoms: string, tops: string, param = ''): string {
  const blobs = [...bottoms].map((b) => `bottom: "${b}"`).concat([...tops].map((t) => `top: "${t}"`));
  return `layer { name: "${name}" type: "${type}" ${blobs.join(' ')} ${param} }`;
}

/** A layer that adds a number, so that outputs tell which layers they passed. */
export function add(name: string, bottom: string, top: string, number: number, param = ''): string {
  return layer(name, 'Power', bottom, top, `power_param { shift: ${number} } ${param}`);
}

/** The first element of each output, by name. */
export function results({ graph }: ImportedModel): Record<string, number | undefined> {
  const feeds = graph.inputs.map(({ name, shape }) => [name, zeros('float32', shape.map(Number))] as const);
  return Object.fromEntries(Array.from(referenceRun(graph, new Map(feeds)), ([name, { data }]) => [name, data[0]]));
}
