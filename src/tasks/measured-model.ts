/** Loading networks whose pictures have any size: how what they give lies to what they are shown is measured first. */
import type { CatalogueTask } from '../catalogue/entry.ts';
import { InputError } from '../core/errors.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import type { Scaling } from '../vision/scaling.ts';
import { measureScaling, type MeasuredNetwork } from './measure-scaling.ts';
import {
  loadPictureModel,
  type AttachHead,
  type PictureModel,
  type TaskOptions,
  type TaskSource,
} from './picture-model.ts';

/** What a task says of the networks that it takes. */
interface MeasuredTask {
  readonly task: CatalogueTask;
  /** What is measured: see `measureScaling`. */
  readonly made: Parameters<typeof measureScaling>[2];
  /** What its output is called in reports. */
  readonly decode: string;
  /** How pictures are prepared where nobody says it. */
  readonly usual: Partial<Preprocessing>;
  /** Extents of the input, of networks that leave them open. */
  readonly extents: (scaling: Scaling) => Pick<Preprocessing, 'width' | 'height'>;
  /** What is so of the preparation whoever says otherwise. */
  readonly always?: Partial<Preprocessing>;
}

/** Rejects as `loadPictureModel` and `measureScaling` do. */
export async function loadMeasuredModel(
  source: TaskSource | undefined,
  options: TaskOptions,
  { task, made, decode, usual, extents, always }: MeasuredTask,
): Promise<{ readonly model: PictureModel; readonly network: MeasuredNetwork }> {
  let network: MeasuredNetwork | undefined;
  const attach: AttachHead = async (graph, input, { prepare }) => {
    network = await measureScaling(graph, input, made);
    const { layout, channels } = network.input;
    const { width, height } = network.scaling.fixed ?? extents(network.scaling);
    const shape = layout === 'nchw' ? [1, channels, height, width] : [1, height, width, channels];
    const preprocessing = { ...prepare(usual, { ...input, shape }), width, height, layout, ...always };
    return { decode, read: [network.output], results: {}, feeds: {}, preprocessing, graph };
  };
  const model = await loadPictureModel(source, task, options, attach);
  if (network) return { model, network };
  throw new InputError('the network was not measured');
}
