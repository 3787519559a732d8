/** Pictures that stand still: chosen, dropped, pasted, samples. */
import { sortFiles } from '../model-files.ts';
import type { Sample } from '../site.ts';
import { store, type Still } from '../state.ts';
import { stopCamera } from './camera.ts';
import { lookAgain } from './look.ts';
import { chooseModelFiles } from './model.ts';

/** Takes whatever was dropped or pasted: pictures to look at, models to load. */
export function takeFiles(files: readonly File[]): void {
  const { pictures, model } = sortFiles(files);
  const [picture] = pictures;
  if (model.length > 0) chooseModelFiles(model);
  if (!picture) return;
  stopCamera();
  show({ blob: picture, name: picture.name, alt: `Your picture ${picture.name}` });
}

/** The sample that is on its way; none once another picture is shown. */
let awaited: Sample | undefined;

/** Looks at a sample instead of the camera. */
export function chooseSample(sample: Sample): void {
  stopCamera();
  void showSample(sample);
}

/** Fetches and shows a sample, unless another picture was chosen meanwhile; a camera that is on stays on. */
export async function showSample(sample: Sample): Promise<void> {
  const { name, alt, path } = sample;
  awaited = sample;
  const response = await fetch(new URL(path, document.baseURI)).catch(() => undefined);
  const blob = response?.ok ? await response.blob() : undefined;
  if (awaited !== sample) return;
  if (blob) show({ blob, name, alt });
  else store.update({ notice: `The sample "${name}" cannot be fetched.` });
}

function show(picture: Omit<Still, 'url'>): void {
  awaited = undefined;
  const before = store.state.still;
  store.update({ still: { ...picture, url: URL.createObjectURL(picture.blob) }, answer: { status: 'idle' } });
  if (before) URL.revokeObjectURL(before.url);
  void lookAgain();
}
