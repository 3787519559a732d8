/** Finds things in pictures off the page's thread. Workers have no import maps, so the module is named by its file. */
import { createDetector } from './node_modules/tilewise/dist/index.js';

const loading = createDetector('centernet', { modelBase: 'models' });

addEventListener('message', async ({ data: bitmap }) => {
  try {
    const [best] = await (await loading).detect(bitmap);
    postMessage(best ? `${best.label} ${best.score.toFixed(4)}` : 'nothing');
  } catch (error) {
    postMessage(String(error));
  } finally {
    bitmap.close();
  }
});
