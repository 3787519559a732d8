/** The bytes of a model's files as they come, whoever reads them. */
import type { ModelFiles } from '../formats/importer.ts';
import type { LoadingProgress } from './progress.ts';

/** Counts the bytes of a model, and tells of them. */
export class ByteCount {
  readonly #progress: LoadingProgress;
  #loaded = 0;
  #total: number | undefined;
  /** Said by the importer, which knows what its main file lists. */
  #expected: number | undefined;
  /** Bytes of files that are whole. */
  #whole = 0;

  constructor(progress: LoadingProgress) {
    this.#progress = progress;
  }

  /** What fetches files says how far it has come with all of them: see `FetchSettings.onBytes`. */
  readonly moved = (done: number, total: number | undefined, file: string): void => {
    this.#total = total;
    this.#tell(done, file);
  };

  /** The same files; what is read of them is counted, and told where nothing else was. */
  counted(files: ModelFiles): ModelFiles {
    const { main, weights } = files;
    const given = main.bytes.byteLength + (weights?.bytes.byteLength ?? 0);
    this.#whole = given;
    this.#tell(given, main.name);
    return {
      ...files,
      read: async (name) => {
        const bytes = await files.read(name);
        this.#whole += bytes.byteLength;
        this.#tell(this.#whole, name);
        if (this.#whole === this.#expected) this.#progress.tell('parse');
        return bytes;
      },
      expect: (bytes) => {
        this.#expected = given + bytes;
      },
    };
  }

  #tell(loaded: number, file: string): void {
    if (loaded <= this.#loaded) return;
    this.#loaded = loaded;
    const total = this.#expected ?? this.#total;
    this.#progress.tell('download', { loaded, ...(total && { total }), file });
  }
}
