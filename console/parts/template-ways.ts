import type { TemplateContent } from '../../schemas/template';
import type { Channel } from '../../schemas/vocabulary';

/** How a content is written: a text of one's own, or a template that a provider holds. */
export type Way = 'text' | 'whatsapp' | 'twilio' | 'rcs' | 'line' | 'kakao';

/** Channels whose content can be written in several ways. */
export const WAYS: Partial<Record<Channel, readonly Way[]>> = {
  whatsapp: ['text', 'whatsapp', 'twilio'],
  rcs: ['text', 'rcs', 'twilio'],
  messenger: ['text', 'line', 'kakao'],
};

export function wayOf(channel: Channel, content: TemplateContent): Way {
  return WAYS[channel]?.find((way) => content[way] !== undefined) ?? 'text';
}
