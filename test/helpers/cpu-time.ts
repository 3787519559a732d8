/** What something takes of the processor: unlike time on the clock, about the same on a busy machine. */

/** Seconds of processor time of this process while `work` ran. */
export async function cpuSecondsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
