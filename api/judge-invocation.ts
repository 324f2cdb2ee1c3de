import { addressFor } from '../core/address';
import type { SendRung } from '../core/ladder';
import { settlePhone } from '../core/phone';
import type { ProviderRegistry } from '../providers/contract';
import { nearest, pointerToken } from '../schemas/explain';
import type { Invoke, Recipient } from '../schemas/invocation';
import type { FieldError } from '../schemas/problem';
import { parseSandboxScript, SANDBOX_SCRIPT_HINT } from '../schemas/sandbox-script';
import type { Mode } from '../schemas/vocabulary';
import type { RejectionReason } from '../store/contract';
import type { PreparedFlow } from './flow-cache';
import { invalid, problem } from './problem';
import type { ApiResponse } from './route';
import { isTimeZone } from './time-zone';

const SEND_AT_AHEAD_MS = 30 * 86_400_000;

/** What the body's own schema cannot tell: whether this flow can be run for this person with these variables. */
export function judgeInvocation(
  flow: PreparedFlow,
  body: Invoke,
  providers: ProviderRegistry,
  now: number,
): Refusal | null {
  const found: [RejectionReason, FieldError[]][] = [
    ['variables_invalid', flow.checkVariables(body.variables ?? {})],
    ['recipient_invalid', recipientErrors(body.recipient, flow.ladder.mode)],
    ['no_address', addressErrors(flow, body.recipient)],
    ['body_invalid', [...sendAtErrors(body.sendAt, now), ...scriptErrors(flow, body.sandbox)]],
  ];
  const first = found.find(([, errors]) => errors.length > 0);
  if (first) {
    const errors = found.flatMap(([, some]) => some);
    return { reason: first[0], response: invalid(errors, hintFor(errors)) };
  }
  if (flow.sends.some(({ routes }) => routes.some((one) => providers.find(one) !== null))) return null;
  return { reason: 'no_provider_account', response: noProvider(flow) };
}

/** Where several things are wrong, the reason is the first of them. */
export interface Refusal {
  reason: RejectionReason;
  response: ApiResponse;
}

export function recipientErrors({ timezone, phone }: Recipient, mode: Mode): FieldError[] {
  const errors: FieldError[] = [];
  const settled = phone === undefined ? null : settlePhone(phone, mode);
  if (settled?.ok === false) {
    const message = `“phone” is no number that can be called. ${settled.message}`;
    errors.push({ pointer: PHONE, message });
  }
  if (timezone !== undefined && !isTimeZone(timezone)) {
    errors.push({ pointer: '/recipient/timezone', message: '“timezone” must be an IANA zone, such as Europe/Rome.' });
  }
  return errors;
}

/** The same recipient, the number as it is stored and sent to. To be called once there are no errors. */
export function settledRecipient(recipient: Recipient, mode: Mode): Recipient {
  const { phone } = recipient;
  const settled = phone === undefined ? null : settlePhone(phone, mode);
  return !settled?.ok || settled.e164 === phone ? recipient : { ...recipient, phone: settled.e164 };
}

const PHONE = '/recipient/phone';
const PHONE_HINT =
  'Write the number with its country code, such as +393351234567. With a test key any number of that form is taken.';

function hintFor(errors: readonly FieldError[]): string | undefined {
  if (errors.some(({ pointer }) => pointer.startsWith('/sandbox'))) return SANDBOX_SCRIPT_HINT;
  return errors.some(({ pointer }) => pointer === PHONE) ? PHONE_HINT : undefined;
}

function addressErrors(flow: PreparedFlow, recipient: Recipient): FieldError[] {
  for (const rung of flow.sends) if (addressFor(rung.channel, recipient) !== null) return [];
  return [{ pointer: '/recipient', message: `The recipient has no address for any step: give ${flow.addressFields}.` }];
}

function sendAtErrors(sendAt: string | null | undefined, now: number): FieldError[] {
  if (sendAt === null || sendAt === undefined) return [];
  if (Date.parse(sendAt) <= now + SEND_AT_AHEAD_MS) return [];
  return [{ pointer: '/sendAt', message: '“sendAt” must be at most 30 days ahead.' }];
}

/** A script for a step that the flow does not have, that is not sent by the sandbox, or that does not parse. */
export function scriptErrors(flow: Pick<PreparedFlow, 'ladder'>, scripts: Invoke['sandbox']): FieldError[] {
  if (scripts === undefined) return [];
  const { rungs, indexByName } = flow.ladder;
  const names = rungs.filter((rung) => rung.kind === 'send').map((rung) => rung.name);
  const errors: FieldError[] = [];
  for (const [step, text] of Object.entries(scripts)) {
    const index = indexByName.get(step);
    const rung = index === undefined ? undefined : rungs[index];
    const report = (message: string) => errors.push({ pointer: `/sandbox/${pointerToken(step)}`, message });
    if (!rung) report(unknownStep(step, names));
    else if (rung.kind === 'parallel') report(`“${step}” is a parallel step: script the steps of its branches.`);
    else if (!rung.routes.some(({ provider }) => provider === 'sandbox')) {
      report(`“${step}” goes to ${namesOf([rung])}, not to the sandbox.`);
    } else {
      // The schema lets only strings in.
      const parsed = parseSandboxScript(text as string);
      if (!parsed.ok) report(parsed.message);
    }
  }
  return errors;
}

function unknownStep(step: string, names: readonly string[]): string {
  const near = nearest(step, names);
  const shown = step.slice(0, 64);
  return `The flow has no step “${shown}”${near ? `; did you mean “${near}”?` : `; there are: ${names.join(', ')}.`}`;
}

function namesOf(sends: readonly SendRung[]): string {
  return [...new Set(sends.flatMap(({ routes }) => routes.map(({ provider }) => provider)))].join(', ');
}

function noProvider(flow: PreparedFlow): ApiResponse {
  const names = namesOf(flow.sends);
  return problem(422, `There is no account for any provider of this flow (${names}).`, {
    hint: 'Use a test key to send to the sandbox, or let the steps name a provider that is set up.',
    errors: [{ pointer: '', message: `None of ${names} is set up here.` }],
  });
}
