/** The device that sessions of `tilewise/ort` share: which requests open one, and which are content with what there is. */
import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../src/core/errors.ts';
import { SharedDevice } from '../../src/ort/shared-device.ts';

const deviceOn = (description: string): GPUDevice =>
  ({ adapterInfo: { description }, lost: new Promise(() => undefined) }) as unknown as GPUDevice;

/** What opens devices on an adapter of this name, as `openDevice` does, and the requests that came. */
function opener(description: string): { opened: boolean[]; shared: SharedDevice } {
  const opened: boolean[] = [];
  const shared = new SharedDevice(async (isHardware) => {
    opened.push(isHardware);
    if (isHardware && description === 'llvmpipe') throw new DeviceError('NO_DEVICE', 'a program');
    return Promise.resolve(deviceOn(description));
  });
  return { opened, shared };
}

describe('SharedDevice', () => {
  it('is opened once on hardware, however it is asked for', async () => {
    const { opened, shared } = opener('GeForce');
    const devices = await Promise.all([shared.getHardware(), shared.get(), shared.getHardware(), shared.get()]);
    expect(new Set([...devices, await shared.getHardware()]).size).toBe(1);
    expect(opened).toEqual([true]);
  });

  it('is no hardware where it is a program, whoever comes first', async () => {
    const { opened, shared } = opener('llvmpipe');
    const [hardware, any] = await Promise.allSettled([shared.getHardware(), shared.get()]);
    expect(hardware).toMatchObject({ status: 'rejected', reason: { code: 'NO_DEVICE' } });
    expect(any.status).toBe('fulfilled');
    await expect(shared.getHardware()).rejects.toMatchObject({ code: 'NO_DEVICE' });
    expect(await shared.get()).toBe(await shared.get());
    expect(opened).toEqual([true, false]);
  });
});
