// The browser tests find a system Chromium or the packaged one; puppeteer must not download its own.
module.exports = { skipDownload: true };
