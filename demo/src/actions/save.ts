/** Keeps what was found: as JSON, or as a picture where it is one. */
import { drawPixels } from '../draw-pixels.ts';
import { saveFile } from '../save-file.ts';
import { store } from '../state.ts';

/** Saves the answer that is shown. */
export async function saveAnswer(): Promise<void> {
  const { answer } = store.state;
  if (answer.status !== 'done') return;
  const { finding, width, height } = answer.value;
  if (finding.kind !== 'matte') {
    const text = JSON.stringify({ width, height, ...finding }, undefined, 2);
    return saveFile(new Blob([text], { type: 'application/json' }), 'found.json');
  }
  const canvas = new OffscreenCanvas(width, height);
  drawPixels(canvas, finding.picture);
  saveFile(await canvas.convertToBlob({ type: 'image/png' }), 'foreground.png');
}
