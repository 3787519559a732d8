/** Runs before each GPU test file: hands the dispatches of each test, and the adapter of its file, to the summary. */
import { afterEach } from 'vitest';
import { seen } from './count-dispatches.ts';

Object.assign(seen, { dispatches: 0, adapter: undefined });

afterEach(({ task }) => {
  task.meta.dispatches = seen.dispatches;
  if (seen.adapter !== undefined) task.meta.adapter = seen.adapter;
  seen.dispatches = 0;
});
