import { ulid } from 'ulid';
import { isoTime } from '../core/iso-time';
import { listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import { type SavedViewWrite, savedViewSchema, savedViewWriteSchema } from '../schemas/saved-view';
import type { SavedView } from '../store/contract';
import { masksAddresses } from './access';
import type { Caller } from './caller';
import { maskSearch } from './masked';
import { pageOf, pageRequest } from './page';
import { notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

const PATH = '/v1/saved-views';
const TAG = 'saved views';
/** Of one person. */
const MOST = 200;
const VIEW = { resource: 'analytics', level: 'VIEW' } as const;

/** For the audit. */
function viewState({ store }: Services): RouteAudit['read'] {
  return async ({ id = '' }) => {
    const view = await store.savedViews.get(id);
    return view && savedViewOf({ ...view, search: maskSearch(view.search) });
  };
}

/** Each belongs to whoever made it; those that are shared are seen by everybody, and changed by their owner. */
export function savedViewRoutes(services: Services): Route[] {
  const { store } = services;
  return [
    route<unknown, PageQuery>({
      method: 'GET',
      path: PATH,
      summary: 'One’s own saved views and those that are shared, newest first',
      tag: TAG,
      access: VIEW,
      query: pageQuerySchema,
      responses: { 200: listOf(savedViewSchema) },
      async handle({ caller, query }) {
        if (caller.kind !== 'person') return notAPerson();
        return {
          status: 200,
          body: pageOf(await store.savedViews.list(caller.id, pageRequest(query)), seenBy(caller)),
        };
      },
    }),
    route<SavedViewWrite>({
      method: 'POST',
      path: PATH,
      summary: 'Save a page of the console with its filters',
      tag: TAG,
      access: VIEW,
      audit: { action: 'saved_view.created', resource: 'saved_view', read: viewState(services) },
      body: savedViewWriteSchema,
      responses: { 201: savedViewSchema },
      handle: (request) => create(services, request),
    }),
    route<SavedViewWrite>({
      method: 'PUT',
      path: `${PATH}/{id}`,
      summary: 'Write one of one’s own anew',
      tag: TAG,
      access: VIEW,
      audit: { action: 'saved_view.changed', resource: 'saved_view', read: viewState(services) },
      body: savedViewWriteSchema,
      responses: { 200: savedViewSchema },
      async handle({ caller, params, body }) {
        const own = await ownView(services, caller, params.id);
        if (!own.ok) return own.response;
        const written = await store.savedViews.replace(own.view.id, { shared: false, ...body });
        return written ? { status: 200, body: savedViewOf(written) } : unknownView();
      },
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/{id}`,
      summary: 'Delete one of one’s own',
      tag: TAG,
      access: VIEW,
      audit: { action: 'saved_view.deleted', resource: 'saved_view', read: viewState(services) },
      responses: { 204: null },
      async handle({ caller, params }) {
        const own = await ownView(services, caller, params.id);
        if (!own.ok) return own.response;
        return (await store.savedViews.delete(own.view.id)) ? { status: 204 } : unknownView();
      },
    }),
  ];
}

async function create({ store, now }: Services, { caller, body }: ApiRequest<SavedViewWrite>): Promise<ApiResponse> {
  if (caller.kind !== 'person') return notAPerson();
  if ((await store.savedViews.count(caller.id)) >= MOST) {
    return problem(409, `You have ${MOST} saved views, which is the most there can be.`, {
      hint: 'Delete one that is not needed any more.',
    });
  }
  const view = { id: `sav_${ulid()}`, shared: false, ...body, ownerId: caller.id, createdAt: now() };
  await store.savedViews.create(view);
  return { status: 201, headers: { location: `${PATH}/${view.id}` }, body: savedViewOf(view) };
}

type Own = { ok: true; view: SavedView } | { ok: false; response: ApiResponse };

async function ownView({ store }: Services, caller: Caller, id = ''): Promise<Own> {
  if (caller.kind !== 'person') return { ok: false, response: notAPerson() };
  const view = await store.savedViews.get(id);
  if (!view || (view.ownerId !== caller.id && !view.shared)) return { ok: false, response: unknownView() };
  if (view.ownerId === caller.id) return { ok: true, view };
  const hint = 'Save one of your own with the same filters: POST /v1/saved-views.';
  return { ok: false, response: problem(403, 'This saved view is another’s.', { hint }) };
}

/** A filter may name an address. One's own is known to oneself. */
function seenBy(caller: Caller) {
  return (view: SavedView) => {
    const hides = masksAddresses(caller) && view.ownerId !== caller.id;
    return savedViewOf(hides ? { ...view, search: maskSearch(view.search) } : view);
  };
}

function unknownView(): ApiResponse {
  return notFound('This saved view', `GET ${PATH} lists them.`);
}

function notAPerson(): ApiResponse {
  return problem(403, 'A key has no saved views.', { hint: 'Sign in: saved views are of people.' });
}

function savedViewOf({ createdAt, ...view }: SavedView) {
  return { ...view, createdAt: isoTime(createdAt) };
}
