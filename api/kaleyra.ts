import { ADDRESS_FIELDS } from '../core/address';
import type { SendRung } from '../core/ladder';
import { withoutMarks } from '../core/phone';
import type { Invoke, Recipient } from '../schemas/invocation';
import { invokeSchema } from '../schemas/invocation';
import { type KaleyraInvoke, kaleyraAnswerSchema, kaleyraInvokeSchema } from '../schemas/kaleyra';
import type { FieldError } from '../schemas/problem';
import { validator } from '../schemas/validate';
import type { PreparedFlow } from './flow-cache';
import { flowRefused } from './flow-scope';
import type { InvokeService } from './invoke';
import { invalid } from './problem';
import type { Rejections } from './rejections';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { bodyRefused, type Door, turnAway } from './turn-away';

const judge = validator<Invoke>(invokeSchema, 'an invocation made of Kaleyra’s');

export function kaleyraRoutes(services: Services, invoke: InvokeService, rejections: Rejections): Route[] {
  return [
    route<KaleyraInvoke>({
      method: 'POST',
      path: '/v1/{sid}/workflow/v1/instances/{workflowId}/invoke',
      summary: 'Invoke as clients of Kaleyra do; any `sid` will do',
      tag: 'invocations',
      access: { resource: 'invoke', level: 'EDIT' },
      body: kaleyraInvokeSchema,
      responses: { 202: kaleyraAnswerSchema },
      turnedAway: bodyRefused(rejections),
      handle: (request) => start(services, { invoke, rejections }, request),
    }),
  ];
}

async function start(
  services: Services,
  { invoke, rejections }: Door,
  request: ApiRequest<KaleyraInvoke>,
): Promise<ApiResponse> {
  const { body, caller, params, rawBody, trace } = request;
  const workflowId = params.workflowId ?? '';
  const refusal = await flowRefused(services, request);
  if (refusal) return refusal;
  const found = await services.flows.published(workflowId, caller.mode);
  // A flow that cannot be invoked is refused by the service itself; any recipient will do until then.
  const translated = translate(body, found.kind === 'published' ? found.flow : null);
  const judged = judge(translated.invoke);
  const errors = translated.errors.length > 0 || judged.ok ? translated.errors : inInput(judged.errors);
  if (errors.length > 0 || !judged.ok) {
    return turnAway(rejections, request, { response: invalid(errors), reason: 'body_invalid' });
  }
  const requestId = body.requestId ?? null;
  const guarded = { idempotencyKey: requestId, bodyBytes: rawBody };
  const invoked = await invoke({ caller, workflowId, body: judged.value, ...guarded, trace });
  if (!invoked.ok) return turnAway(rejections, request, invoked);
  const headers: Record<string, string> = { location: `/v1/invocations/${invoked.id}` };
  if (invoked.replay) headers['idempotency-replay'] = 'true';
  return { status: 202, headers, body: { workflowInvocationId: invoked.id, requestId } };
}

function inInput(errors: readonly FieldError[]): FieldError[] {
  return errors.map((error) => ({ ...error, pointer: `/input${error.pointer}` }));
}

/** `sendN` belongs to step N, from 1; all of them make up one recipient and one set of variables. */
function translate(body: KaleyraInvoke, flow: PreparedFlow | null): { invoke: Invoke; errors: FieldError[] } {
  const recipient: Record<string, string> = {};
  const variables: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const [name, { recipient: address, templateParams }] of Object.entries(body.input)) {
    const rung = flow?.sends[Number(name.slice(4)) - 1];
    const pointer = `/input/${name}`;
    if (flow && !rung) {
      errors.push({ pointer, message: `The flow has ${flow.sends.length} steps: there is no “${name}”.` });
      continue;
    }
    const field = addressField(rung, address);
    const value = field === 'phone' ? withPlus(address) : address;
    if (recipient[field] !== undefined && recipient[field] !== value) {
      errors.push({
        pointer: `${pointer}/recipient`,
        message: 'One invocation reaches one person: the recipients differ.',
      });
    }
    recipient[field] = value;
    for (const [param, given] of Object.entries(templateParams ?? {})) {
      if (Object.hasOwn(variables, param) && variables[param] !== given) {
        errors.push({
          pointer: `${pointer}/templateParams/${param}`,
          message: `“${param}” differs between the steps.`,
        });
      }
      variables[param] = given;
    }
  }
  return { invoke: { recipient: recipient as Recipient, variables }, errors };
}

function addressField(rung: SendRung | undefined, address: string): keyof Recipient {
  if (!rung) return address.includes('@') ? 'email' : 'phone';
  if (rung.channel === 'messenger' && /^\+?\d{7,15}$/.test(address)) return 'phone';
  return ADDRESS_FIELDS[rung.channel]?.[0] ?? 'id';
}

/** Kaleyra's clients write numbers with and without it, and the same number differently from step to step. */
function withPlus(phone: string): string {
  return /^\s*[+1-9][\d\s.()\u2010-\u2015-]*$/.test(phone) ? withoutMarks(phone) : phone;
}
