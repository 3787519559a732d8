/** How scripts that run in Deno answer: a line of JSON a test, on standard output. */
import process from 'node:process';
import type { Told } from '../deno.ts';

/** Tells what came of a test. */
export async function tell(name: string, test: () => Promise<Omit<Told, 'name'>>): Promise<void> {
  const told = await test().catch((error: unknown) => ({
    error: String(error instanceof Error ? error.message : error),
  }));
  process.stdout.write(`${JSON.stringify({ name, ...told })}\n`);
}
