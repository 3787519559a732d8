/** Files that are of no common format: of one of the others, or of none, which is explained. Loaded when there is such a file. */
import { ImportError } from '../core/errors.ts';
import type { Importer, ModelFile } from './importer.ts';
import { impression } from './impression.ts';
import { IMPORTERS } from './registry.ts';

/** The importer that recognises the file. Throws ImportError that says what the bytes look like when none does. */
export function importerOf({ name, bytes }: ModelFile): Importer {
  const found = IMPORTERS.find((importer) => importer.recognise(bytes));
  if (found) return found;
  const formats = IMPORTERS.map((importer) => importer.format).join(', ');
  throw new ImportError(`the file is none of the formats tilewise reads (${formats})`, {
    file: name,
    hint: impression(bytes, name),
  });
}
