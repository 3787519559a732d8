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
  if (picture) show({ blob: picture, name: picture.name, alt: `Your picture ${picture.name}` });
}

/** Fetches and shows a sample. */
export async function showSample({ name, alt, path }: Sample): Promise<void> {
  const response = await fetch(new URL(path, document.baseURI)).catch(() => undefined);
  if (!response?.ok) return store.update({ notice: `The sample "${name}" cannot be fetched.` });
  show({ blob: await response.blob(), name, alt });
}

function show(picture: Omit<Still, 'url'>): void {
  stopCamera();
  const before = store.state.still;
  store.update({ still: { ...picture, url: URL.createObjectURL(picture.blob) }, answer: { status: 'idle' } });
  if (before) URL.revokeObjectURL(before.url);
  void lookAgain();
}
