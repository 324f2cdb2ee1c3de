import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { validator } from '../schemas/validate';
import { CODEC_PATH, type JsonPayload, type PayloadCodecService } from '../temporal/contract';
import { invalid, problem } from './problem';
import { bodyText, parseJson } from './request-body';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const LIMITS = { bytes: 8 * 1024 * 1024, payloads: 1000 } as const;

/** Both alphabets, with padding or without, as protobuf's JSON has them. */
const BASE64 = { type: ['string', 'null'], pattern: '^[A-Za-z0-9+/_-]*={0,2}$' } as const;
const payloadsSchema = {
  type: 'object',
  properties: {
    payloads: {
      type: 'array',
      maxItems: LIMITS.payloads,
      items: {
        type: 'object',
        properties: {
          metadata: { type: ['object', 'null'], additionalProperties: { ...BASE64, type: 'string' } },
          data: BASE64,
        },
      },
    },
  },
} as const;
const endpointSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['endpoint'],
  properties: { endpoint: { type: 'string', description: 'A secret: who has it can read what Temporal holds.' } },
} as const;

const judge = validator<{ payloads?: JsonPayload[] }>(payloadsSchema, 'payloads for the codec');

/**
 * The remote codec of the Temporal UI and CLI. They have no key of ours: the URL itself is the permission, and an owner
 * is told it.
 * @see https://docs.temporal.io/codec-server
 */
export function temporalCodecRoutes({ publicUrl }: Services, codec: PayloadCodecService): Route[] {
  const isRight = tokenJudge(codec.token);
  const guard: Route['guard'] = ({ token = '' }) => (isRight(token) ? null : nothingHere());
  return [
    route({
      method: 'GET',
      path: CODEC_PATH,
      summary: 'The codec endpoint to give to the Temporal UI or CLI',
      tag: 'temporal',
      access: { resource: 'administration', level: 'EDIT' },
      responses: { 200: endpointSchema },
      handle: async () => ({ status: 200, body: { endpoint: `${publicUrl}${CODEC_PATH}/${codec.token}` } }),
    }),
    ...(['decode', 'encode'] as const).flatMap((verb) => [
      route({
        method: 'POST',
        path: `${CODEC_PATH}/{token}/${verb}`,
        summary: `${verb === 'decode' ? 'Decrypts' : 'Encrypts'} payloads, at most ${LIMITS.payloads}`,
        tag: 'temporal',
        access: 'public',
        guard,
        // Any type: an answer to a wrong one would come without the headers that let a page read it.
        raw: { types: [], limitBytes: LIMITS.bytes },
        responses: { 200: payloadsSchema },
        handle: async (request) => shared(await recode(codec, verb, request), request.headers),
      }),
      route({
        method: 'OPTIONS',
        path: `${CODEC_PATH}/{token}/${verb}`,
        summary: 'Lets a page of another origin ask',
        tag: 'temporal',
        access: 'public',
        guard,
        responses: { 204: null },
        handle: async ({ headers }) => shared({ status: 204, headers: PREFLIGHT }, headers),
      }),
    ]),
  ];
}

async function recode(
  codec: PayloadCodecService,
  verb: 'decode' | 'encode',
  { rawBody }: ApiRequest,
): Promise<ApiResponse> {
  const text = bodyText(rawBody);
  if (!text.ok) return text.response;
  const parsed = parseJson(text.text);
  if (!parsed.ok) return parsed.response;
  const judged = judge(parsed.value);
  if (!judged.ok) return invalid(judged.errors);
  const done = await codec[verb](judged.value.payloads ?? []);
  if (done.ok) return { status: 200, body: { payloads: done.payloads } };
  // 400, as the protocol has it for what the codec cannot do.
  return problem(400, `This cannot be decoded: ${done.message}.`, {
    hint: 'Send it as Temporal holds it, to an Onward with the ONWARD_SECRET that it was written with.',
  });
}

/** Compared by their hashes, so that the time tells nothing and every length can be compared. */
function tokenJudge(token: string): (given: string) => boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const right = hash(token);
  return (given) => timingSafeEqual(hash(given), right);
}

/** Word for word what a path answers that nobody serves. */
function nothingHere(): ApiResponse {
  return problem(404, 'There is nothing at this path.', { hint: 'See /docs for every route.' });
}

const PREFLIGHT = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type, x-namespace, authorization',
  'access-control-max-age': '600',
};
/** What may be written back into a header. */
const ORIGIN = /^[!-~]{1,300}$/;

/** Any page may read the answer: the token is the guard, and no cookie counts here. */
function shared(response: ApiResponse, { origin }: IncomingHttpHeaders): ApiResponse {
  const headers: Record<string, string | string[]> = { ...response.headers, vary: 'origin' };
  if (origin && ORIGIN.test(origin)) headers['access-control-allow-origin'] = origin;
  return { ...response, headers };
}
