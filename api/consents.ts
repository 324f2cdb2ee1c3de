import { isoTime } from '../core/iso-time';
import { settledAddress } from '../core/phone';
import { type ConsentWrite, consentSchema, consentWriteSchema } from '../schemas/consent';
import { listOf } from '../schemas/list';
import type { Consent } from '../store/contract';
import { maskAddress } from './masked';
import { type ModeQuery, modeOf, modeQuerySchema } from './mode';
import { type Method, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

const PATH = '/v1/consents';

export function consentRoutes(services: Services): Route[] {
  return [
    writeRoute(services, 'POST'),
    writeRoute(services, 'PUT'),
    route<unknown, ModeQuery & { recipientId: string }>({
      method: 'GET',
      path: PATH,
      summary: 'What a recipient agreed to or refused',
      tag: 'consents',
      access: { resource: 'consents', level: 'VIEW' },
      query: {
        type: 'object',
        additionalProperties: false,
        required: ['recipientId'],
        properties: {
          recipientId: { type: 'string', minLength: 1, maxLength: 128 },
          ...modeQuerySchema.properties,
        },
      },
      responses: { 200: listOf(consentSchema) },
      async handle({ caller, query }) {
        const chosen = modeOf(caller, query.mode);
        if (!chosen.ok) return chosen.response;
        const { mode } = chosen;
        const consents = await services.store.consents.list(mode, settledAddress(query.recipientId, mode));
        return { status: 200, body: { items: consents.map(view), nextCursor: null } };
      },
    }),
  ];
}

/** Both verbs write the recipient's newest word on that purpose and channel; a withdrawal is `granted: false`. */
function writeRoute({ store, now }: Services, method: Method): Route {
  return route<ConsentWrite>({
    method,
    path: PATH,
    summary: 'Record that a recipient agreed or refused',
    tag: 'consents',
    access: { resource: 'consents', level: 'EDIT' },
    audit: { action: 'consent.recorded', resource: 'consent', read: consentState(store) },
    body: consentWriteSchema,
    responses: { 200: consentSchema },
    async handle({ caller, body }) {
      const chosen = modeOf(caller, body.mode);
      if (!chosen.ok) return chosen.response;
      const { mode } = chosen;
      const { recipientId, purpose, channel = null, granted } = body;
      const consent: Consent = { mode, recipientId, purpose, channel, granted, updatedAt: now() };
      await store.consents.put({ ...consent, recipientId: settledAddress(recipientId, mode) });
      return { status: 200, body: view(consent) };
    },
  });
}

/** Those of the recipient that is spoken of, whose address it may be. */
function consentState(store: Services['store']): RouteAudit['read'] {
  return async (_params, { caller, body }) => {
    const { recipientId, mode = caller.mode } = body as ConsentWrite;
    const consents = await store.consents.list(mode, settledAddress(recipientId, mode));
    return consents.map((consent) => ({ ...view(consent), recipientId: maskAddress(consent.recipientId) }));
  };
}

function view({ recipientId, purpose, channel, granted, updatedAt }: Consent) {
  return { recipientId, purpose, channel, granted, updatedAt: isoTime(updatedAt) };
}
