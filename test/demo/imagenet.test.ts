/** The demo page where the classifier of ImageNet could be had when it was built: it is what the page starts with. */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { openDemo, scores, settled, shoot, textIn } from '../helpers/demo-page.ts';
import { buildSite, serveSite } from '../helpers/demo-site.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

it.runIf(hasSharedData)('starts with the classifier of ImageNet, from files of its own', async () => {
  const [browser, folder] = await Promise.all([launchChromium(), buildSite(sharedPath('tflite'))]);
  const site = await serveSite(folder);
  try {
    const { page, complaints } = await openDemo(browser, site.url);
    await settled(page);
    expect((await scores(page))[0]?.label).toMatch(/^(cup|espresso|coffee mug)$/);
    expect(await page.$('[data-testid="not-held"]')).toBeNull();
    expect(await textIn(page, 'model-state')).toMatch(/224 × 224[\s\S]*tflite/);
    await shoot(page, 'imagenet');
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
