/** Files that were dropped: a model may come as the folder that holds it. */

/** The files of a drop, those in its folders included. To be called while the event is handled: afterwards it holds nothing. */
export async function droppedFiles({ items }: DataTransfer): Promise<File[]> {
  const dropped = [...items].map((item) => {
    const entry = item.webkitGetAsEntry();
    return entry?.isDirectory ? filesIn(entry as FileSystemDirectoryEntry) : item.getAsFile();
  });
  return (await Promise.all(dropped)).flat().filter((file) => file !== null);
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const files = (await entriesOf(folder)).map((entry) =>
    entry.isDirectory ? filesIn(entry as FileSystemDirectoryEntry) : fileOf(entry as FileSystemFileEntry),
  );
  return (await Promise.all(files)).flat();
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  // They come some at a time, and none in the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
