/** `tilewise models`: what the catalogue has. */
import type { Command } from 'commander';
import { CATALOGUE } from '../../catalogue/catalogue.ts';
import type { Context, Runner } from '../context.ts';
import { table } from '../output.ts';

/** Adds the command. */
export function addModels(program: Command, runner: Runner): void {
  program.command('models').description('list the catalogue').action(runner.wrap(models));
}

function models(_: readonly string[], __: object, { output }: Context): Promise<number> {
  const list = CATALOGUE.map(({ source, ...entry }) => {
    const {
      name,
      title,
      task,
      also = [],
      format,
      decode = null,
      parts = {},
      licence,
      default: isDefault = false,
    } = entry;
    const origin = source.kind === 'npm' ? `npm ${source.package}` : source.url;
    return { name, title, task, also, format, decode, parts, licence, origin, default: isDefault };
  });
  output.result({ models: list }, () => {
    const rows = list.map((m) => [
      m.default ? `${m.name} (default)` : m.name,
      m.task,
      m.title,
      m.format,
      m.origin.startsWith('npm') ? m.origin : 'download',
      m.licence,
    ]);
    return table(['name', 'task', 'what it is', 'format', 'from', 'licence'], rows);
  });
  return Promise.resolve(0);
}
