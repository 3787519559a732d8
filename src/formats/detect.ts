/** Which format a file is, by its content and never by its name; and reading a model of any format. */
import { ImportError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { FormatName, ImportedModel, Importer, ImportOptions, ModelFile, ModelFiles } from './importer.ts';
import { IMPORTERS } from './registry.ts';

/** A model and the format it came in. */
export interface DetectedModel extends ImportedModel {
  readonly format: FormatName;
  /** The rule by which its integers are rounded, of formats that have several. */
  readonly rounding?: NonNullable<ImportOptions['rounding']>;
}

/** Reads a model of any known format. Rejects as `Importer.load` does, and as `detect` does. */
export async function importModel(files: ModelFiles, options?: ImportOptions): Promise<DetectedModel> {
  const importer = await detect(files.main);
  await checkChoices(importer, options);
  const { rounding = 'shipped' } = options ?? {};
  return {
    format: importer.format,
    ...(importer.chooses ? { rounding } : {}),
    ...(await importer.load(files, options)),
  };
}

/** Rejects with InputError where `rounding` or `signature` is given for a format that leaves no choice, or for no file at all. */
export async function checkChoices(importer: Importer | undefined, options: ImportOptions = {}): Promise<void> {
  if ((options.rounding ?? options.signature) === undefined || importer?.chooses) return;
  const { refuseChoice } = await onDemand('explanations', () => import('./impression.ts'));
  refuseChoice(options, importer?.format ?? 'a graph');
}

/** The importer that recognises the file. Rejects with ImportError that says what the bytes look like when none does. */
export async function detect(
  { name, bytes }: ModelFile,
  importers: readonly Importer[] = IMPORTERS,
): Promise<Importer> {
  const found = importers.find((importer) => importer.recognise(bytes));
  if (found) return found;
  const { impression } = await onDemand('explanations', () => import('./impression.ts'));
  const formats = importers.map((importer) => importer.format).join(', ');
  throw new ImportError(`the file is none of the formats tilewise reads (${formats})`, {
    file: name,
    hint: impression(bytes, name),
  });
}
