import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../servers/browser-install';

export interface Window {
  context: BrowserContext;
  page: Page;
  /** What the page told its console as an error, and what it threw. */
  complaints: string[];
}

export interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
  /** Such as `en-GB`, `ar-EG`. */
  locale?: string;
  timezone?: string;
}

/** Real Chromium, without a screen. Whoever opens it closes it. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  if (executablePath === null) throw new Error('there is no Chromium: see the lines at the start of the test run');
  // As root, as in containers, it does not start with a sandbox of its own.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** A window of somebody who comes for the first time. */
export async function openWindow(browser: Browser, look: Look = {}): Promise<Window> {
  const { width = 1280, height = 800, dark = false, locale = 'en-GB', timezone = 'Europe/Rome' } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale,
    timezoneId: timezone,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { context, page, complaints };
}
