import { LIST_LIMITS, listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import {
  invitationLinkSchema,
  type PersonChangeRequest,
  type PersonCreate,
  personChangeSchema,
  personCreateSchema,
  personInvitedSchema,
  personSchema,
} from '../schemas/person';
import type { Person, PersonChange } from '../store/contract';
import type { Caller } from './caller';
import { invite } from './invitations';
import { oneAfterTheOther } from './one-after-the-other';
import { everyItem, pageOf, pageRequest } from './page';
import { personView } from './person-view';
import { notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

const PATH = '/v1/people';
const TAG = 'people';
const ADMINISTRATION = { resource: 'administration', level: 'EDIT' } as const;
/** The owners among them are counted one by one. */
const PEOPLE_MAX = 10 * LIST_LIMITS.most;

/** For the audit; when they were seen last changes by itself. */
function personState({ store }: Services): RouteAudit['read'] {
  return async ({ id = '' }) => {
    const person = await store.people.get(id);
    return person && { ...personView(person), lastSeenAt: undefined };
  };
}

export function peopleRoutes(services: Services): Route[] {
  // Two changes at once could each leave the other's owner as the last one.
  const inTurn = oneAfterTheOther();
  return [
    route<PersonCreate>({
      method: 'POST',
      path: PATH,
      summary: 'Invite somebody; the link is shown this once',
      tag: TAG,
      access: ADMINISTRATION,
      audit: { action: 'person.invited', resource: 'person', read: personState(services) },
      body: personCreateSchema,
      responses: { 201: personInvitedSchema },
      handle: (request) => create(services, request),
    }),
    route<unknown, PageQuery>({
      method: 'GET',
      path: PATH,
      summary: 'Who can sign in, newest first',
      tag: TAG,
      access: ADMINISTRATION,
      query: pageQuerySchema,
      responses: { 200: listOf(personSchema) },
      async handle({ query }) {
        return { status: 200, body: pageOf(await services.store.people.list(pageRequest(query)), personView) };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/{id}`,
      summary: 'One person',
      tag: TAG,
      access: ADMINISTRATION,
      responses: { 200: personSchema },
      async handle({ params }) {
        const person = await services.store.people.get(params.id ?? '');
        return person ? { status: 200, body: personView(person) } : unknownPerson();
      },
    }),
    route<PersonChangeRequest>({
      method: 'PUT',
      path: `${PATH}/{id}`,
      summary: 'Change a person; what is left out stays',
      tag: TAG,
      access: ADMINISTRATION,
      audit: { action: 'person.changed', resource: 'person', read: personState(services) },
      body: personChangeSchema,
      responses: { 200: personSchema },
      handle: (request) => inTurn(() => replace(services, request)),
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/{id}`,
      summary: 'Remove a person; their sessions end within two seconds everywhere',
      tag: TAG,
      access: ADMINISTRATION,
      audit: { action: 'person.removed', resource: 'person', read: personState(services) },
      responses: { 204: null },
      handle: (request) => inTurn(() => remove(services, request)),
    }),
    ...accessRoutes(services),
  ];
}

function accessRoutes(services: Services): Route[] {
  return [
    route({
      method: 'POST',
      path: `${PATH}/{id}/invitation`,
      summary: 'A new link to choose a password by, shown this once; the one before is good no more',
      tag: TAG,
      access: ADMINISTRATION,
      audit: { action: 'person.invited_again', resource: 'person', read: personState(services) },
      responses: { 201: invitationLinkSchema },
      async handle(request) {
        const found = await reachable(services, request);
        if (!found.ok) return found.response;
        if (!found.person.disabled) return { status: 201, body: await invite(services, found.person.id) };
        return problem(409, 'This person is disabled.', { hint: 'Enable them first: PUT with “disabled” false.' });
      },
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/{id}/sessions`,
      summary: 'Sign somebody out everywhere',
      tag: TAG,
      access: ADMINISTRATION,
      audit: { action: 'person.signed_out', resource: 'person', read: personState(services) },
      responses: { 204: null },
      async handle(request) {
        const found = await reachable(services, request);
        if (!found.ok) return found.response;
        await services.sessions.endAllOf(found.person.id);
        return { status: 204 };
      },
    }),
  ];
}

async function create(services: Services, { body, caller }: ApiRequest<PersonCreate>): Promise<ApiResponse> {
  const { store, now } = services;
  if (body.role === 'owner' && !mayTouchOwners(caller)) return ownersAlone();
  if ((await everyone(services)).length >= PEOPLE_MAX) {
    return problem(409, `There are ${PEOPLE_MAX} people.`, { hint: 'Remove somebody who is here no longer.' });
  }
  const { email, name, role } = body;
  const person = await store.people.create({ id: null, email, name, role }, now());
  if (typeof person === 'string') return addressTaken();
  const headers = { location: `${PATH}/${person.id}` };
  const invitation = await invite(services, person.id);
  return { status: 201, headers, body: { ...personView(person), invitation } };
}

async function replace(services: Services, request: ApiRequest<PersonChangeRequest>): Promise<ApiResponse> {
  const { body, caller } = request;
  const found = await reachable(services, request);
  if (!found.ok) return found.response;
  if (body.role === 'owner' && !mayTouchOwners(caller)) return ownersAlone();
  const changed = await keepingAnOwner(services, found.person, body);
  if (changed === 'last_owner') return lastOwner();
  if (changed === 'email_taken') return addressTaken();
  if (!changed) return unknownPerson();
  if (changed.disabled) {
    await services.store.tickets.drop(changed.id, null);
    await services.sessions.endAllOf(changed.id);
  }
  // An admin may have made the link, or it may have gone to the address before.
  const promoted = changed.role === 'owner' && found.person.role !== 'owner';
  if (promoted || changed.email !== found.person.email) await services.store.tickets.drop(changed.id, 'invitation');
  services.sessions.forget(changed.id);
  return { status: 200, body: personView(changed) };
}

async function remove(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const { store, sessions } = services;
  const found = await reachable(services, request);
  if (!found.ok) return found.response;
  const { id } = found.person;
  const disabled = await keepingAnOwner(services, found.person, { disabled: true });
  if (disabled === 'last_owner') return lastOwner();
  await store.tickets.drop(id, null);
  const removed = await store.people.delete(id);
  await sessions.endAllOf(id);
  return removed ? { status: 204 } : unknownPerson();
}

/**
 * Makes the change, and takes it back where it leaves no owner: of two processes that each take one of the last two away,
 * at least one sees that none is left.
 */
async function keepingAnOwner(
  services: Services,
  before: Person,
  change: PersonChange,
): Promise<Person | 'last_owner' | 'email_taken' | null> {
  const { people } = services.store;
  if (!isOwner(before)) return people.change(before.id, change);
  const hadOneWhoIsHere = (await everyone(services)).some(isOwnerHere);
  const changed = await people.change(before.id, change);
  if (changed === null || changed === 'email_taken') return changed;
  const after = await everyone(services);
  // One who is only invited does not stand in for one who can sign in.
  if (after.some(hadOneWhoIsHere ? isOwnerHere : isOwner)) return changed;
  const { email, name, role, disabled } = before;
  await people.change(before.id, { email, name, role, disabled });
  return 'last_owner';
}

function isOwner({ role, disabled }: Person): boolean {
  return role === 'owner' && !disabled;
}

function isOwnerHere(person: Person): boolean {
  return isOwner(person) && person.activeSince !== null;
}

async function everyone({ store }: Services): Promise<Person[]> {
  const people: Person[] = [];
  for await (const person of everyItem((page) => store.people.list(page))) people.push(person);
  return people;
}

/** The person that a path names, where the caller may touch them. */
async function reachable(
  { store }: Services,
  { params, caller }: Pick<ApiRequest, 'params' | 'caller'>,
): Promise<{ ok: true; person: Person } | { ok: false; response: ApiResponse }> {
  const person = await store.people.get(params.id ?? '');
  if (!person) return { ok: false, response: unknownPerson() };
  if (person.role === 'owner' && !mayTouchOwners(caller)) return { ok: false, response: ownersAlone() };
  return { ok: true, person };
}

function mayTouchOwners({ role }: Caller): boolean {
  return role === 'owner';
}

function ownersAlone(): ApiResponse {
  return problem(403, 'Owners are made, changed and removed by owners alone.', { hint: 'Ask an owner to do it.' });
}

function lastOwner(): ApiResponse {
  const hint = 'Make somebody else an owner first, and let them sign in.';
  return problem(409, 'This is the last owner who can sign in.', { hint });
}

function addressTaken(): ApiResponse {
  const error = { pointer: '/email', message: 'Another person has this address.' };
  return problem(409, error.message, { hint: 'Use another, or change that person.', errors: [error] });
}

function unknownPerson(): ApiResponse {
  return notFound('This person', `GET ${PATH} lists them.`);
}
