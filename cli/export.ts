import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { EXPORT_DATASETS, EXPORT_FORMATS } from '../schemas/export';
import { runFiltersSchema } from '../schemas/run-filters';
import { httpClient } from './client';
import { Complaint } from './complaint';
import type { Terminal } from './terminal';

type Options = Record<string, string | undefined> & { out?: string };

/** `onward export <dataset>`: all that matches, to a file or to standard output, as it comes. */
export function addExport(program: Command, terminal: Terminal): void {
  const command = program
    .command('export <dataset>')
    .description(`write all that matches to a file: ${EXPORT_DATASETS.join(', ')}`)
    .option('--format <format>', EXPORT_FORMATS.join(', '), 'ndjson')
    .option('--out <file>', 'left out: standard output');
  for (const [name, schema] of Object.entries(runFiltersSchema.properties)) {
    const kebab = name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
    command.option(`--${kebab} <value>`, 'description' in schema ? schema.description : '');
  }
  command.action(async (dataset: string, { out, ...filters }: Options) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value);
    const pieces = httpClient(terminal.env).download(`/exports/${encodeURIComponent(dataset)}?${query}`);
    if (out === undefined) return toTerminal(pieces, terminal);
    const bytes = await toFile(pieces, out);
    terminal.err(`${out}: ${bytes.toLocaleString('en')} bytes.`);
  });
}

async function toTerminal(pieces: AsyncIterable<Uint8Array>, terminal: Terminal): Promise<void> {
  for await (const piece of pieces) if (!(await terminal.write(piece))) return;
}

/** Under another name until it is whole and on the disk. @returns how many bytes */
async function toFile(pieces: AsyncIterable<Uint8Array>, out: string): Promise<number> {
  const part = join(dirname(out), `.${basename(out)}.${randomBytes(4).toString('hex')}.part`);
  const file = await open(part, 'wx').catch((cause: Error) => {
    throw new Complaint(`“${out}” cannot be written: ${cause.message}.`);
  });
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      await file.writeFile(piece);
      bytes += piece.byteLength;
    }
    await file.sync();
    await file.close();
    await rename(part, out);
    return bytes;
  } catch (error) {
    await file.close();
    await rm(part, { force: true });
    if (error instanceof Complaint) throw error;
    throw new Complaint(`“${out}” was not written: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
