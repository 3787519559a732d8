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

/** Fetches and shows a sample, unless another picture was chosen meanwhile. */
export async function showSample(sample: Sample): Promise<void> {
  const { name, alt, path } = sample;
  awaited = sample;
  // Now rather than when the sample is there: by then the visitor may have asked for the camera.
  stopCamera();
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
