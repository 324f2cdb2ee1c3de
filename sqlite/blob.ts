/** libsql gives a blob as a Buffer from get() and as an ArrayBuffer from all(). */
export function bytesOf(blob: Buffer | ArrayBuffer): Buffer {
  return Buffer.isBuffer(blob) ? blob : Buffer.from(blob);
}
