import { carriersOf } from '../core/ladder';
import { isParallel } from '../schemas/flow';
import type { ProviderAccount } from '../store/contract';
import { everyItem } from './page';
import type { Services } from './services';

/** Workflow IDs of published flows that name the account, or its provider where it is the only account of that. */
export async function flowsThatNeed(
  { store, providers }: Pick<Services, 'store' | 'providers'>,
  { id, provider }: Pick<ProviderAccount, 'id' | 'provider'>,
): Promise<string[]> {
  const isLast = providers.of(provider).every((account) => account.id === id);
  const users: string[] = [];
  for await (const flow of everyItem((page) => store.flows.list(page))) {
    if (flow.publishedVersion === null) continue;
    const version = await store.flows.version(flow.id, flow.publishedVersion);
    const steps = version?.definition.steps.flatMap((step) => (isParallel(step) ? step.parallel.flat() : [step]));
    const carriers = steps?.flatMap((step) => carriersOf(step, 'live')) ?? [];
    const needs = carriers.some((one) =>
      one.account === null ? isLast && one.provider === provider : one.account === id,
    );
    if (needs) users.push(flow.workflowId);
  }
  return users;
}
