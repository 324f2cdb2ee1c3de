import { OWN_PAGE, reach } from '../../client/api';
import { problemOf } from '../../client/problem';

/** Saves what the API answers as a file, in the form that `accept` names. @throws ApiProblem */
export async function download(path: string, accept: string, name: string): Promise<void> {
  const response = await reach(path, { headers: { ...OWN_PAGE, accept } });
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
