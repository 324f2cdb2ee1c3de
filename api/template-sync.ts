import { type Approval, type OpenAccount, type ProviderRegistry, WORDS_MAX } from '../providers/contract';
import type { Template } from '../schemas/template';
import type { TemplateSynced } from '../schemas/template-requests';
import type { TemplateStore } from '../store/contract';
import type { ApiDeps } from './deps';
import { needsApproval } from './judge-template';
import { everyItem } from './page';

/** Providers review templates in minutes to hours, and pause them as rarely. */
const SYNC_EVERY_MS = 600_000;

export interface TemplateSyncDeps {
  store: { templates: Pick<TemplateStore, 'get' | 'list' | 'setStatus'> };
  providers: Pick<ProviderRegistry, 'all'>;
  logger: Pick<ApiDeps['logger'], 'warn'>;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * The accounts that approve templates of its channel: first those of the provider whose own JSON it holds, and of each
 * provider the default one.
 */
export function approversOf(providers: Pick<ProviderRegistry, 'all'>, template: Template): OpenAccount[] {
  const { twilio, whatsapp, kakao } = template.content;
  const own = twilio ? 'twilio' : whatsapp ? 'whatsapp-cloud' : kakao ? 'solapi' : null;
  const rank = ({ provider, isDefault }: OpenAccount) => (provider === own ? 0 : 2) + (isDefault ? 0 : 1);
  return providers
    .all()
    .filter(({ adapter }) => adapter.approvals?.channels.includes(template.channel))
    .sort((a, b) => rank(a) - rank(b));
}

/**
 * Asks about every template that a provider may know, and keeps what has changed. A draft is nobody's yet; and one that
 * somebody has paused is not to go out again ten minutes later because its provider has nothing against it.
 */
export async function syncTemplates(deps: TemplateSyncDeps, signal?: AbortSignal): Promise<TemplateSynced> {
  const synced = { asked: 0, changed: 0, failed: 0 };
  for await (const template of everyItem((page) => deps.store.templates.list(page))) {
    if (template.status === 'draft' || template.statusByHand || !needsApproval(template)) continue;
    const approvers = approversOf(deps.providers, template);
    if (approvers.length === 0) continue;
    synced.asked++;
    const said = await ask(deps, approvers, template);
    if (signal?.aborted) break;
    if (said === 'failed') synced.failed++;
    else if (said && (await keep(deps, template, said))) synced.changed++;
  }
  return synced;
}

/** What the first account that knows it says of it; null where none does. */
async function ask(
  { logger }: TemplateSyncDeps,
  approvers: readonly OpenAccount[],
  template: Template,
): Promise<Approval | null | 'failed'> {
  let failed = false;
  for (const { id, adapter } of approvers) {
    try {
      const said = await adapter.approvals?.fetch(template);
      if (said) return said;
    } catch (error) {
      failed = true;
      const why = error instanceof Error ? error.name : 'unknown';
      logger.warn({ template: template.id, account: id, error: why }, 'an account could not be asked about a template');
    }
  }
  return failed ? 'failed' : null;
}

async function keep({ store, now }: TemplateSyncDeps, asked: Template, said: Approval): Promise<boolean> {
  const { status, reason, providerTemplateId } = said;
  const known = providerTemplateId ?? asked.providerTemplateId ?? null;
  if (status === asked.status && known === (asked.providerTemplateId ?? null)) return false;
  // Whoever has written it meanwhile has another content than the one that was judged.
  const current = await store.templates.get(asked.id);
  if (current?.updatedAt !== asked.updatedAt) return false;
  const statusReason = reason?.slice(0, WORDS_MAX) ?? null;
  const standing = { status, statusReason, statusByHand: false, providerTemplateId: known };
  await store.templates.setStatus(asked.id, standing, now());
  return status !== asked.status;
}

/** Syncs now and then, one round at a time; it keeps no process alive. After `stop` nothing is written any more. */
export function startTemplateSync(
  deps: TemplateSyncDeps & { onFault(message: string, error: unknown): void },
  everyMs: number = SYNC_EVERY_MS,
): { stop(): void } {
  const stopped = new AbortController();
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    try {
      await syncTemplates(deps, stopped.signal);
    } catch (error) {
      if (!stopped.signal.aborted) deps.onFault('templates could not be synchronised', error);
    }
    running = false;
  }, everyMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      stopped.abort();
    },
  };
}
