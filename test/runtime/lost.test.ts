/** What a call that fails says when its device is lost: that, though the call may hear of it first. */
import { describe, expect, it } from 'vitest';
import { onLost, unlessLost } from '../../src/runtime/webgpu/lost.ts';

const info = { reason: 'unknown', message: 'gone' } as GPUDeviceLostInfo;

function device(): { readonly device: GPUDevice; readonly lose: () => void } {
  const { promise, resolve } = deferred<GPUDeviceLostInfo>();
  return { device: { lost: promise } as GPUDevice, lose: () => resolve(info) };
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve?.(value) };
}

describe('unlessLost', () => {
  it('takes the loss for the reason of a failure that comes a little before it', async () => {
    const { device: one, lose } = device();
    const failed = unlessLost(one, Promise.reject(new Error('map failed')));
    setImmediate(lose);
    await expect(failed).rejects.toMatchObject({ code: 'DEVICE_LOST', message: expect.stringContaining('gone') });
  });

  it('gives a failure of its own as it is, and what works', async () => {
    const { device: one, lose } = device();
    await expect(unlessLost(one, Promise.reject(new Error('map failed')))).rejects.toThrow('map failed');
    expect(await unlessLost(one, Promise.resolve(7))).toBe(7);
    lose();
    await one.lost;
    await expect(unlessLost(one, Promise.resolve(7))).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  });

  it('waits for nothing that never comes: a loss ends it', async () => {
    const { device: one, lose } = device();
    const waiting = unlessLost(one, new Promise(() => undefined));
    lose();
    await expect(waiting).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  });
});

describe('onLost', () => {
  it('tells who asked, unless that was taken back', async () => {
    const { device: one, lose } = device();
    const told: string[] = [];
    onLost(one, () => told.push('first'));
    const forget = onLost(one, () => told.push('second'));
    forget();
    lose();
    await one.lost;
    expect(told).toEqual(['first']);
  });
});
