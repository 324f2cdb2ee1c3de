import type { ProviderKind } from './contract';
import { fcm } from './fcm/fcm';
import { http } from './http/http';
import { line } from './line/line';
import { sendgrid } from './sendgrid/sendgrid';
import { smpp } from './smpp/smpp';
import { solapi } from './solapi/solapi';
import { twilio } from './twilio/twilio';
import { whatsappCloud } from './whatsapp-cloud/whatsapp-cloud';

/** Every provider that has accounts. */
export const PROVIDER_KINDS: readonly ProviderKind[] = [twilio, sendgrid, whatsappCloud, fcm, line, solapi, smpp, http];
