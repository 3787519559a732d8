/** `tilewise fetch`: models of the catalogue as files of one's own, for pages and programs to load with `modelBase`. */
import type { Command } from 'commander';
import { checkModelNames, fetchModelInto, type FetchedModel } from '../../node/fetch-model.ts';
import type { Context, Runner } from '../context.ts';
import { byteText, table } from '../output.ts';
import { addDownloadOptions, type SourceOptions } from '../session.ts';

interface FetchCommandOptions extends Pick<SourceOptions, 'mirror' | 'cacheDir'> {
  readonly outputDir: string;
}

/** Adds the command. */
export function addFetch(program: Command, runner: Runner): void {
  const command = program
    .command('fetch')
    .description('put models of the catalogue into a folder of your own')
    .argument('<name...>', 'names of the catalogue: see tilewise models')
    .requiredOption('--output-dir <dir>', 'the folder, which modelBase then names')
    .addHelpText(
      'after',
      "\nA page or program loads them from there: createDetector('centernet', { modelBase: '/models' }), a command with\n" +
        '--mirror.',
    );
  addDownloadOptions(command).action(runner.wrap(fetchModels));
}

async function fetchModels(
  names: readonly string[],
  { outputDir, mirror, cacheDir }: FetchCommandOptions,
  { output, progress }: Context,
): Promise<number> {
  const wanted = [...new Set(names)];
  checkModelNames(wanted);
  const models: FetchedModel[] = [];
  for (const name of wanted) {
    models.push(
      await fetchModelInto(outputDir, name, { mirror, cacheDir, onProgress: (step) => progress.report(step) }),
    );
  }
  progress.stop();
  output.result({ outputDir, models }, () => {
    const rows = models.map(({ name, main, files, bytes }) => [name, main, `${files}`, byteText(bytes)]);
    const listed = table(['model', 'main file', 'files', 'size'], rows, ['files', 'size']);
    return `${listed}\nThey are loaded by name, with modelBase or --mirror, or by the path of the main file.`;
  });
  return 0;
}
