import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowCreate } from '../schemas/flow';
import type { Invoke } from '../schemas/invocation';
import type { TemplateWrite } from '../schemas/template';

/** One folder under examples/: a flow, the templates it names, and a body to invoke it with. */
export interface Example {
  folder: string;
  flow: FlowCreate & { workflowId: string };
  templates: (TemplateWrite & { id: string })[];
  invocation: Invoke;
}

/** Both this file and the bundle in dist/ stand one level below the package. */
export const EXAMPLES_FOLDER = join(__dirname, '..', 'examples');

/**
 * The examples by folder name. They are part of the package and held to their schemas by test/examples.test.ts, so
 * that they are not checked again here.
 * @throws when a folder lacks one of its three files or one is not JSON.
 */
export function loadExamples(folder = EXAMPLES_FOLDER): Example[] {
  if (!existsSync(folder)) return [];
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => loadExample(folder, name)).sort((a, b) => a.folder.localeCompare(b.folder));
}

function loadExample(parent: string, folder: string): Example {
  const read = (file: string) => JSON.parse(readFileSync(join(parent, folder, file), 'utf8'));
  return { folder, flow: read('flow.json'), templates: read('templates.json'), invocation: read('invocation.json') };
}
