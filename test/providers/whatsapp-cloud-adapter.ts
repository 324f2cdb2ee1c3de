import type { ProviderAdapter, WebhookRequest } from '../../providers/contract';
import { whatsappCloud } from '../../providers/whatsapp-cloud/whatsapp-cloud';
import { openWhatsappCloud, type WhatsappCloudStandIn } from '../stand-ins/whatsapp-cloud';

export const WEBHOOK_URL = 'http://onward.test/v1/receipts/whatsapp-cloud';

export interface Opened {
  standIn: WhatsappCloudStandIn;
  /** With the stand-in's own account. */
  adapter: ProviderAdapter;
  /** With what differs from it. */
  open(settings?: object, credentials?: object): ProviderAdapter;
}

/** @param unknownCodes where codes go that no table has */
export async function openAdapter(unknownCodes: string[]): Promise<Opened> {
  const standIn = await openWhatsappCloud({ webhookUrl: WEBHOOK_URL });
  const { account } = standIn;
  const open = (settings = {}, credentials = {}) =>
    whatsappCloud.open(
      {
        id: 'pac_test',
        settings: { ...account.settings, ...settings },
        credentials: { ...account.credentials, ...credentials },
      },
      {
        callbackUrl: () => WEBHOOK_URL,
        secretUrl: () => WEBHOOK_URL,
        receive: async () => {},
        unknownCode: (code) => unknownCodes.push(code),
        onFault: () => {},
        clock: Date.now,
      },
    );
  return { standIn, adapter: open(), open };
}

/** A webhook as the route hands it over; with a query it is a `GET`. */
export function call(body: Buffer, headers: WebhookRequest['headers'] = {}, query = ''): WebhookRequest {
  const method = query ? 'GET' : 'POST';
  return { method, url: `${WEBHOOK_URL}${query}`, query: new URLSearchParams(query), headers, body };
}
