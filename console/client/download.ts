import { OWN_PAGE, reach } from './api';
import { problemOf } from './problem';

/** Fetches what a plain link could not ask for, since it takes another Accept, and gives it to the browser as a file. */
export async function download(path: string, accept: string, fileName: string): Promise<void> {
  const response = await reach(path, { headers: { ...OWN_PAGE, accept } });
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
