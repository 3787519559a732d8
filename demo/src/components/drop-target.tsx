/** The whole page takes pictures and models that are dropped on it or pasted. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { takeFiles } from '../actions/picture.ts';
import { droppedFiles } from '../dropped-files.ts';
import { store } from '../state.ts';

/** Shows where to drop while something is dragged over the page. */
export function DropTarget(): VNode {
  const [over, setOver] = useState(false);
  useEffect(() => listenForFiles(setOver), []);
  return (
    <div class="drop-target" hidden={!over} aria-hidden="true">
      <p>Drop a picture, or all files of a model</p>
    </div>
  );
}

function listenForFiles(setOver: (over: boolean) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener(
    'dragover',
    (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    { signal },
  );
  document.addEventListener(
    'dragleave',
    (event) => {
      if (event.relatedTarget === null) setOver(false);
    },
    { signal },
  );
  document.addEventListener(
    'drop',
    (event) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void takeDropped(event.dataTransfer);
    },
    { signal },
  );
  document.addEventListener(
    'paste',
    (event) => {
      if (take([...(event.clipboardData?.files ?? [])])) event.preventDefault();
    },
    { signal },
  );
  return () => stop.abort();
}

async function takeDropped(transfer: DataTransfer): Promise<void> {
  try {
    take(await droppedFiles(transfer));
  } catch (error) {
    store.update({
      notice: `What was dropped cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

/** False when there are no files in what came. */
function take(files: readonly File[]): boolean {
  if (files.length === 0) return false;
  store.update({ tab: 'try' });
  takeFiles(files);
  return true;
}
