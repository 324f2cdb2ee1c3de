import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ISocketFactory, Kafka, type LogEntry, logLevel } from 'kafkajs';
import type { KafkaSettings } from './settings';

const KEEP_ALIVE_MS = 60_000;
/** The client says the same at each of its tries. */
const SAME_FAULT_EVERY_MS = 10_000;

/** Told of what went wrong; never with a record's content or a secret. */
export type OnFault = (message: string, error: unknown) => void;

export interface ClientOptions {
  settings: KafkaSettings;
  onFault: OnFault;
  /** How long a connection and an answer are waited for. */
  connectMs: number;
  answerMs: number;
  retries: number;
}

/** One use of kafkajs, with connections of its own that can be cut. */
export interface KafkaClient {
  kafka: Kafka;
  /**
   * Nothing more is sent or received by it from now on, whatever kafkajs has still under way: a call that it retries
   * by itself can otherwise not be called back.
   */
  cut(): void;
}

export function kafkaClient({ settings, onFault, connectMs, answerMs, retries }: ClientOptions): KafkaClient {
  const { brokers, clientId, ssl, sasl } = settings;
  const sockets = new CuttableSockets();
  const report = faultsOf((message, error) => sockets.cut || onFault(message, error));
  const kafka = new Kafka({
    brokers,
    clientId,
    ssl: ssl ?? false,
    sasl: sasl ?? undefined,
    connectionTimeout: connectMs,
    authenticationTimeout: answerMs,
    requestTimeout: answerMs,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries },
    socketFactory: sockets.open,
    logLevel: logLevel.ERROR,
    logCreator: () => report,
  });
  return { kafka, cut: () => sockets.cutAll() };
}

class CuttableSockets {
  cut = false;
  private readonly all = new Set<Socket>();

  readonly open: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.cut) throw new Error('this client was given up');
    const servername = isIP(host) ? {} : { servername: host };
    const socket = ssl
      ? connectTls({ host, port, ...servername, ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    this.all.add(socket);
    socket.once('close', () => this.all.delete(socket));
    return socket;
  };

  cutAll(): void {
    this.cut = true;
    // With an error, as kafkajs does not notice a close by itself.
    for (const socket of this.all) socket.destroy(new Error('this client was given up'));
  }
}

/** Errors only, and each of them now and then. What else kafkajs adds to a message may hold what stands in records. */
function faultsOf(onFault: OnFault): (entry: LogEntry) => void {
  const toldAt = new Map<string, number>();
  return ({ level, log }) => {
    const text = typeof log.error === 'string' ? `${log.message}: ${log.error}` : log.message;
    // That members come and go is no fault.
    if (level !== logLevel.ERROR || /rebalanc/i.test(text)) return;
    const now = Date.now();
    if (now - (toldAt.get(text) ?? 0) < SAME_FAULT_EVERY_MS) return;
    if (toldAt.size > 100) toldAt.clear();
    toldAt.set(text, now);
    onFault('Kafka’s client', new Error(text.slice(0, 300)));
  };
}

/** @returns false when it has not come to an end within that time */
export function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const end = () => {
      clearTimeout(timer);
      resolve(true);
    };
    work.then(end, end);
  });
}
