import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of a Chromium on this machine; where none is, it is installed if tests may install services. Undefined: there is none, and why is printed. */
export function findChromium(): string | undefined {
  const found = PLACES.find((place) => existsSync(place));
  if (found !== undefined) return found;
  const mayInstall = process.env['YIWANG_SERVICES_INSTALL'] !== 'never' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!mayInstall) return missing('install the package chromium');
  try {
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch {
    return missing('apt-get could not install it');
  }
  return PLACES.find((place) => existsSync(place));
}

function missing(why: string): undefined {
  console.warn(`the page is not tested, for there is no Chromium: ${why}`); // oxlint-disable-line no-console -- or nobody would know
  return undefined;
}

/** Without a sandbox, since tests run as root, and without anything that would call home. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync', // prettier-ignore
];
