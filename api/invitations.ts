import { isoTime } from '../core/iso-time';
import { type InvitationAccept, invitationAcceptSchema, invitationSchema } from '../schemas/person';
import { sessionSchema } from '../schemas/session';
import type { Person, Ticket } from '../store/contract';
import { refuseCrossSite } from './cross-site';
import { notFound } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { letIn, type SessionParts, tooManyAtOnce } from './session';
import { ACCEPT_AUDIT } from './session-audit';
import { newTicket, ticketHash } from './tickets';

const PATH = '/v1/invitations/{token}';
const TAG = 'session';

export function invitationRoutes(services: Services, parts: SessionParts): Route[] {
  return [
    route({
      method: 'GET',
      path: PATH,
      summary: 'Whom an invitation is for',
      tag: TAG,
      access: 'public',
      responses: { 200: invitationSchema },
      async handle({ params }) {
        const invited = await invitedBy(services, params.token);
        if (!invited) return unknownInvitation();
        const { name, email, role } = invited.person;
        return { status: 200, body: { name, email, role, expiresAt: isoTime(invited.ticket.expiresAt) } };
      },
    }),
    route<InvitationAccept>({
      method: 'POST',
      path: PATH,
      summary: 'Accept an invitation with a password of your own; the answer sets the cookie',
      tag: TAG,
      access: 'public',
      audit: ACCEPT_AUDIT,
      body: invitationAcceptSchema,
      responses: { 200: sessionSchema },
      handle: (request) => accept(services, parts, request),
    }),
  ];
}

/** A new link; the one before is good no more. */
export async function invite(
  { store, publicUrl, now }: Services,
  personId: string,
): Promise<{ url: string; expiresAt: string }> {
  await store.tickets.drop(personId, 'invitation');
  const { token, expiresAt } = await newTicket(store.tickets, { kind: 'invitation', personId }, now());
  return { url: `${publicUrl}/console/invitation?token=${token}`, expiresAt: isoTime(expiresAt) };
}

async function invitedBy(
  { store, now }: Services,
  token: string | undefined,
): Promise<{ person: Person; ticket: Ticket } | null> {
  const hash = ticketHash(token ?? '');
  const ticket = hash && (await store.tickets.find('invitation', hash, now()));
  const person = ticket && (await store.people.get(ticket.personId));
  return person && !person.disabled ? { person, ticket } : null;
}

async function accept(
  services: Services,
  parts: SessionParts,
  request: ApiRequest<InvitationAccept>,
): Promise<ApiResponse> {
  const { store, sessions, now, publicUrl } = services;
  const { body, headers, params } = request;
  const crossSite = refuseCrossSite(headers, publicUrl);
  if (crossSite) return crossSite;
  const invited = await invitedBy(services, params.token);
  if (!invited) return unknownInvitation();
  const passwordHash = await parts.passwords.hash(body.password);
  if (passwordHash === null) return tooManyAtOnce();
  // Only now: whoever fails before has the link still.
  const taken = await store.tickets.take('invitation', invited.ticket.hash, now());
  const person = taken && (await store.people.change(taken.personId, { passwordHash, name: body.name }));
  if (!person || person === 'email_taken' || person.disabled) return unknownInvitation();
  await store.tickets.drop(person.id, null);
  // A password that somebody else knew lets nobody stay.
  await sessions.endAllOf(person.id);
  return letIn(services, parts, request, person);
}

function unknownInvitation(): ApiResponse {
  return notFound('This invitation', 'It is used, expired or replaced: ask whoever sent it for a new one.');
}
