import type { AddressInfo } from 'node:net';
import { createServer, type Pdu, type Session } from 'smpp';
import type { ReceiptStatus } from '../../schemas/vocabulary';
import { type Carried, Moods, type StandIn, type Told } from './stand-in';

const SYSTEM_ID = 'onward';
const PASSWORD = 'smsc-pw';

const STATES: Partial<Record<ReceiptStatus, string>> = {
  sent: 'ENROUTE',
  delivered: 'DELIVRD',
  undelivered: 'UNDELIV',
  failed: 'DELETED',
  rejected: 'REJECTD',
  expired: 'EXPIRED',
  accepted: 'ACCEPTD',
};

/** One `submit_sm` as it came. */
export interface Submitted {
  dataCoding: number;
  validity: Date | string | undefined;
  sourceTon: number | undefined;
  sourceNpi: number | undefined;
  source: string | undefined;
  inPayload: boolean;
}

export interface Smsc extends StandIn {
  /** Its receipt of a message, as it goes out; settled with the `command_status` it was answered. */
  tell(pdu: Record<string, unknown>): Promise<number>;
  /** How many are bound. */
  bound(): number;
  /** How many binds there were. */
  binds: number;
  /** How many were refused. */
  refusedBinds: number;
  /** Says nothing any more, as a peer behind a broken line. */
  deaf: boolean;
  /** Ends every connection, as a restart does. */
  drop(): void;
}

/** SMPP 3.4 on this machine, by the package's server side: binds, `submit_sm`, receipts by `deliver_sm`. */
export async function openSmsc({ webhookUrl }: { webhookUrl: string }): Promise<Smsc> {
  const smsc = new StandInSmsc(webhookUrl);
  const server = createServer((session) => smsc.welcome(session));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  smsc.account.settings.port = (server.address() as AddressInfo).port;
  return Object.assign(smsc, {
    async close() {
      smsc.drop();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

class StandInSmsc implements Omit<Smsc, 'close'> {
  readonly provider = 'smpp';
  readonly account = {
    settings: { host: '127.0.0.1', port: 0, sourceAddress: 'Onward' } as Record<string, unknown>,
    credentials: { systemId: SYSTEM_ID, password: PASSWORD },
  };
  readonly carried: Carried[] = [];
  readonly complaints: string[] = [];
  beforeAnswer: StandIn['beforeAnswer'] = null;
  binds = 0;
  refusedBinds = 0;
  deaf = false;
  private readonly moods = new Moods();
  private readonly all = new Set<Session>();
  private readonly transceivers = new Set<Session>();

  constructor(readonly webhookUrl: string) {}

  meets(...moods: Parameters<StandIn['meets']>): void {
    this.moods.set(moods);
  }

  bound(): number {
    return this.transceivers.size;
  }

  drop(): void {
    for (const session of this.all) session.destroy();
  }

  welcome(session: Session): void {
    this.all.add(session);
    session.on('error', () => session.destroy());
    session.on('close', () => {
      this.all.delete(session);
      this.transceivers.delete(session);
    });
    session.on('bind_transceiver', (pdu: Pdu) => {
      const right = pdu.system_id === SYSTEM_ID && pdu.password === PASSWORD;
      session.send(pdu.response({ command_status: right ? 0 : 0x0e, system_id: 'SMSC' }));
      if (!right) this.refusedBinds++;
      if (!right) return;
      this.binds++;
      this.transceivers.add(session);
    });
    session.on('enquire_link', (pdu: Pdu) => {
      if (!this.deaf) session.send(pdu.response());
    });
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('submit_sm', (pdu: Pdu) => {
      this.submit(session, pdu).catch((error) => this.complaints.push(String(error)));
    });
  }

  knows(message: Carried, told: Told): void {
    const now = new Date().toISOString().replace(/[-:T]/g, '').slice(2, 12);
    const failed = STATES[told.status] !== 'DELIVRD';
    const text =
      `id:${message.providerMessageId} sub:001 dlvrd:00${failed ? 0 : 1} submit date:${now} done date:${now} ` +
      `stat:${STATES[told.status]} err:${told.code ?? '000'} text:${message.text?.slice(0, 20)}`;
    this.tell({ short_message: Buffer.from(text, 'latin1') }).catch((error) => this.complaints.push(String(error)));
  }

  tell(pdu: Record<string, unknown>): Promise<number> {
    const [session] = this.transceivers;
    if (!session) return Promise.reject(new Error('nobody is bound'));
    return new Promise((resolve) => {
      session.deliver_sm({ esm_class: 4, data_coding: 0, ...pdu }, ({ command_status }) => resolve(command_status));
    });
  }

  private async submit(session: Session, pdu: Pdu): Promise<void> {
    const message = this.read(pdu);
    const refuse = (command_status: number) => session.send(pdu.response({ command_status }));
    if (!this.transceivers.has(session)) return void refuse(4);
    const mood = this.moods.take();
    if (typeof mood === 'object') return void refuse(Number(mood.refuses));
    this.carried.push(message);
    if (mood === 'hangs') return;
    await this.beforeAnswer?.(message);
    session.send(pdu.response({ message_id: message.providerMessageId }));
  }

  private read(pdu: Pdu): Carried {
    const inShort = pdu.short_message?.message ?? '';
    const payload = pdu.message_payload as { message: string | Buffer } | undefined;
    const text = inShort.length > 0 ? inShort : (payload?.message ?? '');
    if (inShort.length > 0 && payload) this.complaints.push('both a short message and a payload');
    if (pdu.registered_delivery !== 1) this.complaints.push('no receipt is asked for');
    if (pdu.dest_addr_ton !== 1 || pdu.dest_addr_npi !== 1)
      this.complaints.push('the destination is not international');
    if (!/^\d{6,15}$/.test(pdu.destination_addr ?? '')) this.complaints.push('the destination is no number');
    if (!pdu.validity_period) this.complaints.push('no validity period');
    const submitted: Submitted = {
      dataCoding: pdu.data_coding ?? -1,
      validity: pdu.validity_period,
      sourceTon: pdu.source_addr_ton,
      sourceNpi: pdu.source_addr_npi,
      source: pdu.source_addr,
      inPayload: inShort.length === 0,
    };
    return {
      to: `+${pdu.destination_addr}`,
      text: typeof text === 'string' ? text : text.toString('latin1'),
      ref: null,
      providerMessageId: `0a${(this.carried.length + 1).toString(16).padStart(6, '0')}_${process.pid}`,
      raw: submitted,
    };
  }
}
