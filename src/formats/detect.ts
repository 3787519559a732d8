/** Which format a file is, by its content and never by its name; and reading a model of any format. */
import { onDemand } from '../core/on-demand.ts';
import { COMMON_IMPORTERS } from './common-formats.ts';
import type { Choices, FormatName, ImportedModel, Importer, ImportOptions, ModelFile, ModelFiles } from './importer.ts';

/** A model and the format it came in. */
export interface DetectedModel extends ImportedModel {
  readonly format: FormatName;
  /** The rule by which its integers are rounded, of formats that have several. */
  readonly rounding?: NonNullable<ImportOptions['rounding']>;
}

/** Reads a model of any known format. Rejects as `Importer.load` does, and as `detect` does. */
export async function importModel(files: ModelFiles, options?: ImportOptions): Promise<DetectedModel> {
  const importer = await detect(files.main);
  await checkChoices(importer, { ...options, weights: files.weights });
  const { rounding = 'shipped' } = options ?? {};
  return {
    format: importer.format,
    ...(importer.chooses ? { rounding } : {}),
    ...(await importer.load(files, options)),
  };
}

/** Rejects with InputError where `rounding`, `signature` or `weights` is given for a format that leaves no choice, or for no file at all. */
export async function checkChoices(importer: Importer | undefined, choices: Choices = {}): Promise<void> {
  if ((choices.rounding ?? choices.signature ?? choices.weights) === undefined) return;
  const { refuseChoices } = await onDemand('explanations', () => import('./impression.ts'));
  refuseChoices(choices, importer);
}

/** The importer that recognises the file. Rejects with ImportError that says what the bytes look like when none does. */
export async function detect(file: ModelFile): Promise<Importer> {
  const common = COMMON_IMPORTERS.find((importer) => importer.recognise(file.bytes));
  return common ?? (await onDemand('other formats', () => import('./unfamiliar.ts'))).importerOf(file);
}
