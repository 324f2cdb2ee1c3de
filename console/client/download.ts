/**
 * Fetches what a plain link could not ask for, since it takes another Accept, and gives it to the browser as a file.
 * @param asked by `fileOf`
 */
export async function download(asked: Promise<{ data?: Blob }>, fileName: string): Promise<void> {
  // A file that holds nothing has no data.
  const url = URL.createObjectURL((await asked).data ?? new Blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const FILES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
export type FileKind = keyof typeof FILES;

/** What makes a question to the API one for a file: `api.GET(path, { params, ...fileOf('csv') })`. */
export function fileOf(kind: FileKind) {
  return { headers: { accept: FILES[kind] }, parseAs: 'blob' } as const;
}
