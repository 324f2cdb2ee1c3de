import { isoTime } from '../core/iso-time';
import type { SandboxMessage } from '../providers/contract';
import { listOf } from '../schemas/list';
import { sandboxMessageSchema } from '../schemas/sandbox-message';
import { visibleRecord } from './invocations';
import { type Route, route } from './route';
import type { Services } from './services';

export function sandboxRoutes(services: Services): Route[] {
  return [
    route<unknown, { invocationId: string }>({
      method: 'GET',
      path: '/v1/sandbox/messages',
      summary: 'What the sandbox was given to carry for an invocation',
      tag: 'sandbox',
      access: { resource: 'invocations', level: 'VIEW' },
      query: {
        type: 'object',
        additionalProperties: false,
        required: ['invocationId'],
        properties: { invocationId: { type: 'string', maxLength: 64 } },
      },
      responses: { 200: listOf(sandboxMessageSchema) },
      async handle({ query, caller }) {
        const found = await visibleRecord(services, { params: { id: query.invocationId }, caller });
        if (!found.ok) return found.response;
        const messages = await services.sandbox.messages(found.record.id);
        return { status: 200, body: { items: messages.map(view), nextCursor: null } };
      },
    }),
  ];
}

function view({ receivedAt, ...message }: SandboxMessage) {
  return { ...message, receivedAt: isoTime(receivedAt) };
}
