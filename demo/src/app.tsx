/** The page: header, remarks, the three parts, footer. */
import type { VNode } from 'preact';
import { BenchPanel } from './components/bench-panel.tsx';
import { DropTarget } from './components/drop-target.tsx';
import { Footer } from './components/footer.tsx';
import { Header } from './components/header.tsx';
import { HoodPanel } from './components/hood-panel.tsx';
import { Notice } from './components/notice.tsx';
import { SeatBanner } from './components/seat-banner.tsx';
import { Tabs, TabPanel } from './components/tabs.tsx';
import { TryPanel } from './components/try-panel.tsx';

/** Everything. */
export function App(): VNode {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="page">
        <Header />
        <main id="main" tabIndex={-1}>
          <SeatBanner />
          <Tabs />
          <TabPanel tab="try">
            <TryPanel />
          </TabPanel>
          <TabPanel tab="hood">
            <HoodPanel />
          </TabPanel>
          <TabPanel tab="bench">
            <BenchPanel />
          </TabPanel>
        </main>
        <Footer />
      </div>
      <Notice />
      <DropTarget />
    </>
  );
}
