import { generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult, randomBytes, verify } from 'node:crypto';
import {
  type Carried,
  type Mood,
  Moods,
  type StandIn,
  type StandInAnswer,
  type StandInRequest,
  serve,
} from './stand-in';

export interface FcmStandIn extends StandIn {
  complaints: string[];
  /** Access tokens that it gave out. */
  tokens: readonly string[];
  /** The next requests for a token are refused with these, one each: a code of OAuth, or an HTTP status. */
  refusesTokens(...codes: string[]): void;
  /** All tokens so far are worth nothing from now on. */
  revokeTokens(): void;
  /** Requests that only were to be tried. */
  tried: unknown[];
  /** The JSON of its service account's key file. */
  keyFile: string;
}

export const PROJECT = 'onward-stand-in';
const AUDIENCE = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const EMAIL = `sender@${PROJECT}.iam.gserviceaccount.com`;

/** The HTTP status that the documentation gives each code, and the status of google.rpc that goes with it. */
const OF_FCM: Record<string, [http: number, status: string]> = {
  UNSPECIFIED_ERROR: [400, 'INVALID_ARGUMENT'],
  INVALID_ARGUMENT: [400, 'INVALID_ARGUMENT'],
  UNREGISTERED: [404, 'NOT_FOUND'],
  SENDER_ID_MISMATCH: [403, 'PERMISSION_DENIED'],
  QUOTA_EXCEEDED: [429, 'RESOURCE_EXHAUSTED'],
  UNAVAILABLE: [503, 'UNAVAILABLE'],
  INTERNAL: [500, 'INTERNAL'],
  THIRD_PARTY_AUTH_ERROR: [401, 'UNAUTHENTICATED'],
};
/** google/rpc/code.proto: "HTTP Mapping". */
const OF_RPC: Record<string, number> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  UNAUTHENTICATED: 401,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  DATA_LOSS: 500,
};

/** Made once: it takes up to a second. */
let keys: KeyPairKeyObjectResult | undefined;

interface Message {
  token?: unknown;
  notification?: Record<string, unknown>;
  data?: Record<string, unknown>;
  android?: { ttl?: unknown };
  apns?: { headers?: Record<string, unknown> };
  webpush?: { headers?: Record<string, unknown>; fcm_options?: { link?: unknown } };
}

/** https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send, and OAuth 2.0 for service accounts. */
export async function openFcm({ webhookUrl }: { webhookUrl: string }): Promise<FcmStandIn> {
  keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { publicKey, privateKey } = keys;
  const moods = new Moods();
  const carried: Carried[] = [];
  const complaints: string[] = [];
  const tokens: string[] = [];
  const valid = new Set<string>();
  const refusedTokens: string[] = [];

  const { url, close } = await serve(async (request) => {
    if (request.method === 'POST' && request.path === '/token') return giveToken(request);
    if (request.method !== 'POST' || request.path !== `/v1/projects/${PROJECT}/messages:send`) {
      complaints.push(`there is no ${request.method} ${request.path}`);
      return rpcError('NOT_FOUND');
    }
    if (!valid.has(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')) {
      return rpcError('UNAUTHENTICATED');
    }
    return takeMessage(request, moods);
  });

  const giveToken = (request: StandInRequest): StandInAnswer => {
    const refused = refusedTokens.shift();
    if (refused !== undefined && /^\d+$/.test(refused)) return { status: Number(refused), body: 'away' };
    if (refused !== undefined) return { status: 400, body: { error: refused, error_description: 'No.' } };
    const wrong = wrongInGrant(request, publicKey);
    if (wrong !== null) {
      complaints.push(wrong);
      return { status: 400, body: { error: 'invalid_grant', error_description: wrong } };
    }
    const token = `ya29.c.${randomBytes(24).toString('base64url')}`;
    tokens.push(token);
    valid.add(token);
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
  };

  const takeMessage = async (request: StandInRequest, next: Moods): Promise<StandInAnswer | null> => {
    const body = JSON.parse(request.body.toString('utf8')) as { message?: Message; validate_only?: boolean };
    if (body.validate_only === true) {
      standIn.tried.push(body);
      return isToken(body.message?.token) ? { status: 200, body: { name: nameOf('fake_message_id') } } : noToken();
    }
    const mood: Mood = next.take();
    if (mood === 'busy') return { ...fcmError('QUOTA_EXCEEDED'), headers: { 'retry-after': '1' } };
    if (mood === 'away') return fcmError('UNAVAILABLE');
    if (typeof mood === 'object') return refusalFor(mood.refuses);
    const wrong = wrongIn(body.message ?? {});
    if (wrong !== null) {
      complaints.push(wrong);
      return fcmError('INVALID_ARGUMENT', wrong);
    }
    const message = carriedOf(body.message ?? {});
    carried.push(message);
    await standIn.beforeAnswer?.(message);
    if (mood === 'hangs') return null;
    if (mood === 'broken') return fcmError('INTERNAL');
    return { status: 200, body: { name: message.providerMessageId } };
  };

  const keyFile = JSON.stringify({
    type: 'service_account',
    project_id: PROJECT,
    private_key_id: randomBytes(20).toString('hex'),
    private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    client_email: EMAIL,
    client_id: '100000000000000000000',
    token_uri: AUDIENCE,
  });
  const standIn: FcmStandIn = {
    provider: 'fcm',
    account: { settings: { apiUrl: url, tokenUrl: `${url}/token` }, credentials: { serviceAccount: keyFile } },
    carried,
    complaints,
    meets: (...more) => moods.set(more),
    beforeAnswer: null,
    knows() {
      throw new Error('FCM cannot be asked about a message');
    },
    webhookUrl,
    close,
    tokens,
    refusesTokens: (...codes) => refusedTokens.push(...codes),
    revokeTokens: () => valid.clear(),
    tried: [],
    keyFile,
  };
  return standIn;
}

/** RFC 7523, as Google has it: https://developers.google.com/identity/protocols/oauth2/service-account#httprest. */
function wrongInGrant({ headers, body }: StandInRequest, publicKey: KeyObject): string | null {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return 'the grant is not a form';
  const form = new URLSearchParams(body.toString('utf8'));
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'the grant type is another';
  const [head = '', claims = '', signature = '', ...more] = (form.get('assertion') ?? '').split('.');
  if (more.length > 0) return 'the assertion is no JWT';
  const parsed = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
  if (parsed(head).alg !== 'RS256') return 'the assertion is not signed with RS256';
  const signed = verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
  if (!signed) return 'Invalid JWT Signature.';
  const { iss, aud, scope, iat, exp } = parsed(claims);
  if (iss !== EMAIL) return 'the assertion is of another account';
  if (aud !== AUDIENCE) return 'the assertion is for another audience';
  if (!String(scope).split(' ').includes(SCOPE)) return 'the scope is another';
  const now = Date.now() / 1000;
  const lives = Number(exp) - Number(iat);
  if (!(Number(iat) <= now + 5 && Number(exp) > now && lives > 0 && lives <= 3600))
    return 'the assertion’s time is over';
  return null;
}

function wrongIn({ token, notification, data, android, apns, webpush }: Message): string | null {
  if (!isToken(token)) return 'the token is none';
  if (typeof notification?.title !== 'string' && typeof notification?.body !== 'string')
    return 'there is nothing to show';
  const values = Object.entries(data ?? {});
  if (values.some(([, value]) => typeof value !== 'string')) return 'a value of the data is no text';
  if (values.some(([key]) => /^(from|message_type)$|^google\.|^gcm\.notification\./.test(key))) return 'a reserved key';
  if (typeof data?.onwardRef !== 'string') return 'the reference is missing';
  const ttl = /^(\d+(?:\.\d{1,9})?)s$/.exec(String(android?.ttl))?.[1];
  if (ttl === undefined || Number(ttl) > 2_419_200) return 'android.ttl is no duration of at most four weeks';
  if (!/^\d{10}$/.test(String(apns?.headers?.['apns-expiration']))) return 'apns-expiration is no time in seconds';
  if (!/^\d+$/.test(String(webpush?.headers?.TTL))) return 'TTL is no number of seconds';
  const link = webpush?.fcm_options?.link;
  if (link !== undefined && !String(link).startsWith('https://')) return 'the link is not of HTTPS';
  return null;
}

function carriedOf(message: Message): Carried {
  return {
    to: String(message.token),
    text: (message.notification?.body as string | undefined) ?? null,
    ref: String(message.data?.onwardRef),
    providerMessageId: nameOf(`0:${Date.now()}%${randomBytes(8).toString('hex')}`),
    raw: message,
  };
}

function nameOf(id: string): string {
  return `projects/${PROJECT}/messages/${id}`;
}

function isToken(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]+:[\w-]{10,}$/.test(value);
}

/** The second example of https://firebase.google.com/docs/cloud-messaging/error-codes. */
function noToken(): StandInAnswer {
  return fcmError('INVALID_ARGUMENT', 'The registration token is not a valid FCM registration token');
}

/** A code of FCM, a status of google.rpc as `rpc:…`, or a field that is at fault as `field:…`. */
function refusalFor(code: string): StandInAnswer {
  if (code === 'INVALID_ARGUMENT') return noToken();
  if (code.startsWith('rpc:')) return rpcError(code.slice(4));
  if (code.startsWith('field:')) return badRequest(code.slice(6));
  return fcmError(code);
}

function fcmError(code: string, message = 'No.'): StandInAnswer {
  const [http, status] = OF_FCM[code] ?? [400, 'INVALID_ARGUMENT'];
  const details = [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code }];
  return { status: http, body: { error: { code: http, message, status, details } } };
}

function rpcError(status: string): StandInAnswer {
  const http = OF_RPC[status] ?? OF_FCM[status]?.[0] ?? 400;
  return { status: http, body: { error: { code: http, message: 'No.', status } } };
}

/** The first example of the same page. */
function badRequest(field: string): StandInAnswer {
  const description = `Invalid value at '${field}' (TYPE_STRING), 12`;
  const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] }];
  return { status: 400, body: { error: { code: 400, message: description, status: 'INVALID_ARGUMENT', details } } };
}
