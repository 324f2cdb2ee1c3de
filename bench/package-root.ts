import { join } from 'node:path';

/** Both this file and the bundle in dist/ stand one level below the package. */
export const PACKAGE_ROOT = join(__dirname, '..');
export const RESTATE_FOLDER = join(PACKAGE_ROOT, 'bench', 'restate');
