import { join } from 'node:path';
import { holdExclusively } from '../../sqlite/exclusive';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();

test('a file that is held cannot be held again until it is released', () => {
  const file = join(folder, 'engine.lock');
  const first = holdExclusively(file);
  expect(first).not.toBeNull();
  expect(holdExclusively(file)).toBeNull();
  first?.release();
  const second = holdExclusively(file);
  expect(second).not.toBeNull();
  second?.release();
});
