/** `tilewise/ort` in Node, where a model may be a path or a catalogue name, and `openGpu` finds the adapter. */
import { createOrt } from '../ort/create-ort.ts';
import { toModelFiles } from '../session/model-source.ts';
import { Tensor } from '../ort/tensor.ts';
import { openGpu } from './adapter.ts';
import { openModel } from './model-source.ts';
import { startThread } from './thread.ts';

const ort = createOrt({
  open: (source) => (typeof source === 'string' ? openModel(source) : toModelFiles(source)),
  adapter: async (_, isHardware) => (await openGpu({ adapter: isHardware ? 'hardware' : undefined })).adapter,
  isAdapterNamed: () => Boolean(process.env['TILEWISE_ADAPTER']),
  startThread,
});

export const { InferenceSession, env } = ort;
export { Tensor };
export default { InferenceSession, Tensor, env };
