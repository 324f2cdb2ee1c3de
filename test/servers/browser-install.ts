import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Report, watchedRun } from './watched-run';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
/** Where it stands on machines whose programs are not on the PATH. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const INSTALL_LIMIT_MS = 10 * 60_000;

/**
 * A browser of Chromium's kind: the one that ONWARD_TEST_BROWSER names, one that is installed, or one that is installed
 * now: by the machine's own packages where we may (Debian and its kin, as root), else as Playwright does.
 * @returns its path; null, after a line that says why, where none can be had
 */
export async function findBrowser(report?: Report): Promise<string | null> {
  const found = process.env.ONWARD_TEST_BROWSER ?? installed();
  if (found || !report) return found;
  report('There is no Chromium: installing it, which takes a minute …');
  const why = await install(report);
  const now = installed();
  if (now === null) report(`Chromium could not be installed: ${why ?? 'it is not where it should be'}.`);
  return now;
}

function installed(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...PLACES, playwrights()].find((file) => file !== '' && existsSync(file)) ?? null;
}

/** Playwright's own, in the cache of whoever runs this. */
function playwrights(): string {
  const { chromium } = createRequire(__filename)('playwright-core') as typeof import('playwright-core');
  return chromium.executablePath();
}

async function install(report: Report): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'onward-browser-'));
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (command: string, args: readonly string[], doing: string) =>
    watchedRun({ command, args, doing, withinMs: INSTALL_LIMIT_MS }, { folder, env, report });
  try {
    if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
      await run('apt-get', ['update'], 'looking for packages');
      const why = await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], 'installing chromium');
      if (why === null) return null;
    }
    const cli = join(dirname(createRequire(__filename).resolve('playwright-core/package.json')), 'cli.js');
    return await run(process.execPath, [cli, 'install', 'chromium'], 'installing Playwright’s Chromium');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
