/** Installs Deno into the cache folder, once for all test files: it is never a dependency of the package. */
import { installTools, toolFolder } from '../helpers/tools.ts';

/** What is installed, and where. */
export const DENO_PACKAGE = 'deno@2.9.6';
export const DENO_FOLDER = toolFolder(DENO_PACKAGE);

/** Rejects with Error with `CI=true` where it cannot be installed. */
export default async function setup(): Promise<void> {
  await installTools(DENO_PACKAGE);
}
