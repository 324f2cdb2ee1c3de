import type { Input } from '../core/input';
import type { AttemptJob, SuppressJob } from '../core/job';
import type { RenderedContent, Template, TemplateContent } from '../schemas/template';
import type { Formed } from './message-form';

export type LookupAnswered = Extract<Input, { type: 'LookupAnswered' }>;

/** What touches the world, shared by both hosts. None of them throws for what a provider says or does not say. */
export interface Activities {
  /**
   * Gates, renders, sends. `maybeSent`: the process died after this attempt was decided, so that the provider is asked
   * first, and where it cannot be asked the send counts as uncertain. `notAfter`, in milliseconds since 1970: when the
   * provider is not to be called any more; then it is a SendDropped.
   * @throws when a store is away: then it was surely not sent
   */
  send(job: AttemptJob, options: { maybeSent: boolean; notAfter?: number }): Promise<Input>;
  lookup(job: AttemptJob): Promise<LookupAnswered>;
  recall(job: AttemptJob): Promise<Input>;
  suppressAddress(job: SuppressJob): Promise<void>;
}

/** What a template comes to for one person. */
export interface Rendering {
  /** The content in the language that was chosen, with its variables still in it. */
  original: TemplateContent;
  content: RenderedContent;
  /** The key in `locales`; null for the template's own content. */
  locale: string | null;
  /** Null for a channel whose texts have no such form. */
  formed: Formed | null;
}

/** Does what a send does before it calls the provider, and sends nothing. */
export interface Renderer {
  /**
   * @param who `address`: the phone number, by whose country a text is measured; '' where it is not known
   * @throws FilledTooLong
   */
  render(
    template: Pick<Template, 'channel' | 'content' | 'locales'>,
    variables: Record<string, unknown>,
    who: { locale: string | undefined; address: string },
  ): Rendering;
}
