import type { Pdu, Session } from 'smpp';
import type { Receipt } from '../../schemas/receipt';
import { REASONS } from '../../schemas/vocabulary';
import { reasonOf } from '../codes';
import type {
  AccountOptions,
  AccountTrial,
  ProviderAdapter,
  ProviderKind,
  ProviderWorld,
  SendAnswer,
} from '../contract';
import { PROVIDER_CATALOG } from '../facts';
import { Connection, NotBound } from './connection';
import { isReceipt, type ReceiptReading, receiptOf, submittedId } from './receipts';
import { submitOf } from './submit';
import { COMMAND_STATUSES } from './tables';
import { Window } from './window';

interface SmppSettings extends ReceiptReading {
  host: string;
  port: number;
  tls?: boolean;
  systemType?: string;
  addressRange?: string;
  sourceAddress: string;
  sourceTon?: number;
  sourceNpi?: number;
  window?: number;
}

const OK = 0;
/** ESME_RX_T_APPN: to be sent again. */
const LATER = 0x64;
const WINDOW = 10;
const SMPP_3_4 = 0x34;

const octet = { type: 'integer', minimum: 0, maximum: 255 } as const;

/** An SMSC by SMPP 3.4, bound as a transceiver (https://smpp.org/SMPP_v3_4_Issue1_2.pdf). */
export const smpp: ProviderKind = {
  provider: 'smpp',
  connects: true,
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['host', 'port', 'sourceAddress'],
    properties: {
      host: { type: 'string', minLength: 1, maxLength: 253 },
      port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'Usually 2775; with TLS 3550.' },
      tls: { type: 'boolean', description: 'Default: no.' },
      systemType: { type: 'string', maxLength: 12 },
      addressRange: { type: 'string', maxLength: 40 },
      sourceAddress: { type: 'string', minLength: 1, maxLength: 20, description: 'A number, a short code, or a name.' },
      sourceTon: { ...octet, description: 'Default: as the address looks.' },
      sourceNpi: { ...octet, description: 'Default: as the address looks.' },
      window: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        description: `Sends that may wait for their answer at once. Default: ${WINDOW}.`,
      },
      errors: {
        type: 'object',
        maxProperties: 1000,
        additionalProperties: { type: 'string', enum: REASONS },
        description: 'The SMSC’s own `err` codes in receipts, each with the reason it stands for.',
      },
      utcOffsetMinutes: {
        type: 'integer',
        minimum: -840,
        maximum: 840,
        description: 'Of the SMSC’s clock. Left out: its times are of no zone, and are not used.',
      },
      receiptIds: {
        type: 'string',
        enum: ['same', 'decimal'],
        description:
          '`decimal`: its answers number messages in hexadecimal and its receipts in decimal. Default: same.',
      },
    },
  },
  credentials: {
    type: 'object',
    additionalProperties: false,
    required: ['systemId', 'password'],
    properties: {
      systemId: { type: 'string', minLength: 1, maxLength: 15 },
      password: { type: 'string', maxLength: 8, description: 'At most 8 characters, as SMPP has it.' },
    },
  },
  fromEnvironment(env) {
    const { SMPP_HOST, SMPP_PORT, SMPP_SYSTEM_ID, SMPP_PASSWORD = '', SMPP_SOURCE_ADDRESS, SMPP_TLS } = env;
    if (!SMPP_HOST || !SMPP_SYSTEM_ID || !SMPP_SOURCE_ADDRESS) return null;
    const tls = SMPP_TLS === 'true' || SMPP_TLS === '1';
    const port = Number(SMPP_PORT || (tls ? 3550 : 2775));
    return {
      settings: { host: SMPP_HOST, port, tls, sourceAddress: SMPP_SOURCE_ADDRESS },
      credentials: { systemId: SMPP_SYSTEM_ID, password: SMPP_PASSWORD },
    };
  },
  factsOf: () => PROVIDER_CATALOG.smpp,
  open: openSmpp,
};

function openSmpp({ settings, credentials }: AccountOptions, world: ProviderWorld): ProviderAdapter {
  const given = settings as unknown as SmppSettings;
  const { host, port, tls = false, systemType = '', addressRange = '' } = given;
  const { systemId, password } = credentials;
  const connection = new Connection({
    ...{ host, port, tls },
    bind: {
      system_id: systemId,
      password,
      system_type: systemType,
      address_range: addressRange,
      interface_version: SMPP_3_4,
    },
    deliver: (pdu) => take(pdu, given, world),
    onFault: (message, error) => world.onFault(message, error),
  });
  const window = new Window(given.window ?? WINDOW);
  // Receipts of what was sent before come as soon as there is a session.
  connection.begin();
  return {
    facts: PROVIDER_CATALOG.smpp,
    async send(request) {
      const pdu = submitOf(request, given);
      if (!pdu) return rejected(request.content.text ? 'invalid_address' : 'template_invalid', 'no_submit');
      if (!(await window.enter(request.signal))) return rejected('provider_unavailable', 'window');
      try {
        return await connection.during(async () => {
          const session = await orAborted(connection.bound(), request.signal);
          return answerOf(await submit(session, pdu, request.signal), given, world);
        });
      } catch (error) {
        if (!(error instanceof NotBound)) throw error;
        return rejected(whyNotBound(error, world), error.code);
      } finally {
        window.leave();
      }
    },
    test: () => trial(connection),
    close: () => connection.close(),
  };
}

function rejected(reason: Extract<SendAnswer, { outcome: 'rejected' }>['reason'], code: string): SendAnswer {
  return { outcome: 'rejected', reason, code, retryAfterMs: null };
}

function whyNotBound({ status }: NotBound, world: ProviderWorld) {
  return status === null
    ? 'provider_unavailable'
    : reasonOf(COMMAND_STATUSES, String(status), (code) => world.unknownCode(code));
}

/** A session that comes after the one who sends has given up is of no use to it. */
function orAborted(session: Promise<Session>, signal: AbortSignal): Promise<Session> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new NotBound(null, 'bind_timeout'));
    if (signal.aborted) return gone();
    signal.addEventListener('abort', gone, { once: true });
    session.then(resolve, reject).finally(() => signal.removeEventListener('abort', gone));
  });
}

/** The answer to it; null where the connection, or our patience, ended first: the SMSC may have the message. */
function submit(session: Session, pdu: Record<string, unknown>, signal: AbortSignal): Promise<Pdu | null> {
  return new Promise((resolve, reject) => {
    const lost = () => settle(null);
    const settle = (answer: Pdu | null) => {
      session.off('close', lost);
      signal.removeEventListener('abort', lost);
      resolve(answer);
    };
    session.on('close', lost);
    signal.addEventListener('abort', lost, { once: true });
    // Refused by the connection itself: not one byte has gone out.
    if (!session.submit_sm(pdu, settle)) {
      reject(new NotBound(null, 'connection_closed'));
      settle(null);
    }
  });
}

function answerOf(answer: Pdu | null, settings: SmppSettings, world: ProviderWorld): SendAnswer {
  if (answer === null) return { outcome: 'uncertain' };
  if (answer.command_status !== OK) {
    const code = String(answer.command_status);
    return rejected(
      reasonOf(COMMAND_STATUSES, code, (one) => world.unknownCode(one)),
      code,
    );
  }
  const id = answer.message_id ? submittedId(answer.message_id, settings) : null;
  return { outcome: 'accepted', providerMessageId: id, costMicros: null };
}

/** Acknowledged once the log has it; until then the SMSC keeps it. A message that a person wrote is none of ours. */
async function take(pdu: Pdu, settings: SmppSettings, world: ProviderWorld): Promise<number> {
  if (!isReceipt(pdu)) return OK;
  let receipt: Receipt | null;
  try {
    receipt = receiptOf(pdu, settings, (code) => world.unknownCode(code));
  } catch (error) {
    // It would come again and again, and never be readable.
    world.onFault('a receipt of the SMSC cannot be read', error);
    return OK;
  }
  try {
    if (receipt) await world.receive([receipt]);
    return OK;
  } catch (error) {
    world.onFault('a receipt of the SMSC was not taken: it will come again', error);
    return LATER;
  }
}

async function trial(connection: Connection): Promise<AccountTrial> {
  try {
    await connection.during(() => connection.bound());
    return { ok: true, detail: 'The SMSC accepted the bind as a transceiver.' };
  } catch (error) {
    const code = error instanceof NotBound ? error.code : null;
    return { ok: false, code, detail: `There is no session with the SMSC (${code ?? 'unknown'}).` };
  }
}
