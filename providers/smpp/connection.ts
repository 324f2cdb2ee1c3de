import { connect, type Pdu, type Session } from 'smpp';
import { faultCode } from '../http-call';

export interface ConnectionOptions {
  host: string;
  port: number;
  tls: boolean;
  bind: Record<string, unknown>;
  /** How often the SMSC is asked whether it is still there, and how long it may take to say so. */
  enquire?: { everyMs: number; patienceMs: number };
  /** Answers with the `command_status` of the response. */
  deliver(pdu: Pdu): Promise<number>;
  /** The connection could not be made, or was lost; told once until it stands again. */
  onFault(message: string, error: unknown): void;
}

/** No session is bound: whatever was to be sent was not. `status`: why the SMSC refused the bind. */
export class NotBound extends Error {
  constructor(
    readonly status: number | null,
    readonly code: string,
  ) {
    super(`no session with the SMSC (${code})`);
    this.name = 'NotBound';
  }
}

const BIND_PATIENCE_MS = 10_000;
const ENQUIRE = { everyMs: 30_000, patienceMs: 10_000 };
const UNBIND_PATIENCE_MS = 1_000;
const BACKOFF_MS = { first: 500, most: 30_000 } as const;

/**
 * One bound session, made again with growing pauses when it is lost. It keeps no process from ending unless somebody waits
 * for an answer.
 */
export class Connection {
  private binding: Promise<Session> | null = null;
  private session: Session | null = null;
  private again: NodeJS.Timeout | null = null;
  private pause: number = BACKOFF_MS.first;
  private faulty = false;
  private closed = false;
  private waiting = 0;
  /** Why the SMSC itself turned the last bind away; null once it may be asked again. */
  private turnedAway: NotBound | null = null;

  constructor(private readonly options: ConnectionOptions) {}

  /**
   * A bind that was refused is not tried again by every send: an SMSC locks out whoever knocks with a wrong password.
   * @throws NotBound
   */
  bound(): Promise<Session> {
    if (this.closed) return Promise.reject(new NotBound(null, 'closed'));
    if (this.turnedAway) return Promise.reject(this.turnedAway);
    this.binding ??= this.bind();
    return this.binding;
  }

  /** Begins without anybody waiting for it. */
  begin(): void {
    this.bound().catch(() => {});
  }

  /** While somebody waits, the connection counts as work. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.waiting++;
    this.session?.socket.ref();
    try {
      return await work();
    } finally {
      this.waiting--;
      if (this.waiting === 0) this.session?.socket.unref();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.again) clearTimeout(this.again);
    const { session } = this;
    if (!session) return;
    await new Promise<void>((resolve) => {
      const patience = setTimeout(resolve, UNBIND_PATIENCE_MS);
      const done = () => {
        clearTimeout(patience);
        resolve();
      };
      session.once('close', done);
      if (!session.unbind(done)) done();
    });
    session.destroy();
  }

  private bind(): Promise<Session> {
    if (this.again) clearTimeout(this.again);
    const { host, port, tls, bind } = this.options;
    const session = connect({ host, port, tls });
    this.session = session;
    // Else each send would wait until the one before it is acknowledged (Nagle's algorithm).
    session.socket.setNoDelay(true);
    if (this.waiting === 0) session.socket.unref();
    return new Promise<Session>((resolve, reject) => {
      let cause: unknown = null;
      let settled = false;
      const fail = (error: NotBound) => {
        if (!settled) this.lost(error);
        settled = true;
        reject(error);
        session.destroy();
      };
      const patience = setTimeout(() => fail(new NotBound(null, 'bind_timeout')), BIND_PATIENCE_MS).unref();
      session.on('error', (error) => {
        cause = error;
        // After bytes that are no PDU there is no telling where the next one begins.
        session.destroy();
      });
      session.on('close', () => {
        clearTimeout(patience);
        fail(new NotBound(null, faultCode(cause) ?? 'connection_closed'));
      });
      session.on(tls ? 'secureConnect' : 'connect', () => {
        session.bind_transceiver(bind, ({ command_status }) => {
          clearTimeout(patience);
          if (command_status !== 0) return fail(new NotBound(command_status, String(command_status)));
          settled = true;
          this.stands(session);
          resolve(session);
        });
      });
    });
  }

  private stands(session: Session): void {
    this.pause = BACKOFF_MS.first;
    this.faulty = false;
    const { everyMs, patienceMs } = this.options.enquire ?? ENQUIRE;
    const beat = setInterval(() => enquire(session, patienceMs), everyMs).unref();
    session.on('close', () => {
      clearInterval(beat);
      this.lost(new NotBound(null, 'connection_closed'));
    });
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unknown', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('deliver_sm', (pdu: Pdu) => {
      const answer = (command_status: number) => session.send(pdu.response({ command_status }));
      this.options.deliver(pdu).then(answer, (error) => this.options.onFault('a deliver_sm was not taken', error));
    });
  }

  private lost(error: NotBound): void {
    this.binding = null;
    this.session = null;
    if (this.closed) return;
    if (!this.faulty) this.options.onFault('the session with the SMSC is lost', error);
    this.faulty = true;
    if (this.again) clearTimeout(this.again);
    this.turnedAway = error.status === null ? null : error;
    this.again = setTimeout(() => {
      this.turnedAway = null;
      this.begin();
    }, this.pause).unref();
    this.pause = Math.min(this.pause * 2, BACKOFF_MS.most);
  }
}

/** A peer that is gone without a word is found out by its silence (SMPP 3.4, 4.11). */
function enquire(session: Session, patienceMs: number): void {
  const patience = setTimeout(() => session.destroy(), patienceMs).unref();
  if (!session.enquire_link(() => clearTimeout(patience))) session.destroy();
}
