import type { CallbackSender } from './contract';
import type { GuardedAgents } from './guarded-agents';
import type { Post } from './post';
import { sampleBody } from './sample';

export interface SenderDeps {
  post: Post;
  agents: GuardedAgents;
  /** Hastens the deliverer, where it runs in this process. */
  wake(): void;
}

/** What the API asks of this room, in the API's own process. */
export function createCallbackSender({ post, agents, wake }: SenderDeps): CallbackSender {
  return {
    async trial(profile, delivery) {
      const { retryAfterMs, ...attempt } = await post(profile, delivery);
      return attempt;
    },
    sample: sampleBody,
    wake,
    async refusal(text) {
      if (!URL.canParse(text)) return 'it is no URL';
      const url = new URL(text);
      if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'it is neither https nor http';
      if (url.username !== '' || url.password !== '') return 'an account stands in it: give it as `auth`';
      // A name that cannot be looked up now may be there tomorrow.
      return (await agents.refusal(url.hostname).catch(() => null))?.message ?? null;
    },
  };
}
