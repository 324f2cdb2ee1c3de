import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes';
import { SEARCH_ATTRIBUTES } from '../workflows/contract';
import { TemporalUnusable } from './connection';
import { detailsOf } from './grpc';

const KNOWN_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/**
 * Registers what is missing of our search attributes and waits until the server takes them: it learns of them with a
 * delay.
 * @throws TemporalUnusable where we may not register them, with the command by which somebody who may does
 */
export async function ensureSearchAttributes({ connection, options: { namespace } }: Client): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in customAttributes));
  if (missing.length > 0) await register(connection, namespace, missing);
  const query = Object.keys(SEARCH_ATTRIBUTES).map((name) => `${name} IS NULL`);
  const until = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query: query.join(' AND ') });
      return;
    } catch (error) {
      if (Date.now() > until) throw new TemporalUnusable(refusal(namespace, missing), { cause: error });
    }
    await pause(LOOK_AGAIN_MS);
  }
}

type Named = [string, (typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES]][];

async function register(connection: Client['connection'], namespace: string, missing: Named): Promise<void> {
  const searchAttributes = Object.fromEntries(
    missing.map(([name, type]) => [name, encodeSearchAttributeIndexedValueType(type) ?? 0]),
  );
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another process of ours may have been first.
    if (/already exist/i.test(detailsOf(error))) return;
    throw new TemporalUnusable(refusal(namespace, missing), { cause: error });
  }
}

function refusal(namespace: string, missing: Named): string {
  const names = missing.map(([name, type]) => `--name ${name} --type ${type[0]}${type.slice(1).toLowerCase()}`);
  return `TEMPORAL_NAMESPACE “${namespace}” lacks search attributes that we may not add. Run: temporal operator search-attribute create --namespace ${namespace} ${names.join(' ')}`;
}
