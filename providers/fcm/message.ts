import type { SendRequest } from '../contract';

/** https://firebase.google.com/docs/cloud-messaging/concept-options#ttl: four weeks. */
const LIFE_SECONDS_MAX = 2_419_200;

/** `Message` of https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages, as far as it is used. */
export interface FcmMessage {
  token: string;
  notification: { title?: string; body?: string; image?: string };
  data: Record<string, string>;
  android: { ttl: string };
  apns: { headers: { 'apns-expiration': string } };
  webpush: { headers: { TTL: string }; fcm_options?: { link: string } };
}

/**
 * The message, with the end of its use in the words of each platform. The app finds the reference under `onwardRef` in
 * its data: by it, it acknowledges what it received or what was opened (`POST /v1/receipts`). A link stands there as
 * `link` too, since only web push knows links, and only those of HTTPS.
 */
export function messageOf({ address, ref, content, validitySeconds }: SendRequest, nowMs: number): FcmMessage {
  const { image, link, data } = content.push ?? {};
  const title = content.title ?? content.subject;
  const lifeSeconds = Math.min(Math.max(1, Math.ceil(validitySeconds)), LIFE_SECONDS_MAX);
  return {
    token: address,
    notification: {
      ...(title === undefined ? {} : { title }),
      ...(content.text === undefined ? {} : { body: content.text }),
      ...(image === undefined ? {} : { image }),
    },
    data: { ...(link === undefined ? {} : { link }), ...(data as Record<string, string> | undefined), onwardRef: ref },
    android: { ttl: `${lifeSeconds}s` },
    apns: { headers: { 'apns-expiration': String(Math.floor(nowMs / 1000) + lifeSeconds) } },
    webpush: {
      headers: { TTL: String(lifeSeconds) },
      ...(link?.startsWith('https://') ? { fcm_options: { link } } : {}),
    },
  };
}
