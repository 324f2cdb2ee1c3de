import type { Renderer } from '../activities/contract';
import type { CallbackSender } from '../callbacks/contract';
import type { Engine } from '../core/engine';
import type { Prices } from '../core/prices';
import type { ProviderCatalog } from '../core/provider-facts';
import type { Lag } from '../log/contract';
import type {
  ProviderKind,
  ProviderMetrics,
  ProviderRegistry,
  SandboxMessage,
  SendHealth,
} from '../providers/contract';
import type { DeadLetters, ReceiptIntake } from '../receipts/contract';
import type { ProviderAccount, Store } from '../store/contract';
import type { PayloadCodecService } from '../temporal/contract';
import type { RequestTracing } from '../tracing/contract';
import type { Metrics } from './metrics';

/** Everything the API needs of the rest of the house; the composition root hands it in. */
export interface ApiDeps {
  engine: Engine;
  store: Store;
  intake: ReceiptIntake;
  deadLetters: DeadLetters;
  providers: ProviderRegistry;
  /** What the accounts of providers are made from. */
  accounts: AccountsGround;
  catalog: ProviderCatalog;
  prices: Prices;
  sandbox: SandboxMessages;
  callbacks: CallbackSender;
  renderer: Renderer;
  logger: Logger;
  /** Where providers and people find this server, without a slash at the end. */
  publicUrl: string;
  version: string;
  /** True until all of the process stands. */
  starting?(): boolean;
  /** Null when the log takes records, else a sentence that says why not. */
  logUnavailable?(): string | null | Promise<string | null>;
  /** Milliseconds since 1970; the real clock when left out. */
  now?(): number;
  /** Made here when left out. Whoever sees invocations end counts them in the same object. */
  metrics?: Metrics;
  providerMetrics: Pick<ProviderMetrics, 'webhookRefused'>;
  /** Left out: nothing of it is known here. */
  live?: LiveSource;
  /** Null or left out: traces go nowhere. */
  tracing?: RequestTracing | null;
  /** Resolves once lists show all that was answered before, or when that takes too long to be waited for. */
  projected?(): Promise<void>;
  /** `receipts`: the routes of that role alone, for a process that has no engine. */
  only?: 'receipts';
  /** Where the built console stands. */
  consoleFolder: string;
  /** Path of the built api/parquet-thread.ts. */
  parquetThread: string;
  /** Whom people sign in with besides a password; null or left out: nobody. */
  openId?: OpenIdSettings | null;
  /** Reads payloads for the Temporal UI and CLI. Only there when Temporal is the engine; without it, no such routes. */
  temporalCodec?: PayloadCodecService;
}

/** What the process knows of now besides its metrics. */
export interface LiveSource {
  lag(): Promise<Lag[]>;
  /** Since they were last given another try. */
  deadLetters(): Promise<number>;
  /** Of every account, whether anything was sent or not. */
  sends(): SendHealth[];
  /** Of what follows the events; null where that is another process, or has told nothing yet. */
  followed(): { callbacksPerSecond: number; lagSeconds: number } | null;
  /** Whether this process sends, ends runs, and gives receipts to the engine: else others count these. */
  sendsHere: boolean;
  endsHere: boolean;
  receiptsHere: boolean;
}

/** An OpenID provider, and what it knows us by. */
export interface OpenIdSettings {
  issuer: string;
  clientId: string;
  /** Null: a public client. */
  clientSecret: string | null;
  /** What people call it, for the button. */
  name: string;
}

export interface AccountsGround {
  kinds: readonly ProviderKind[];
  /** Those that the environment describes. */
  environment: readonly EnvironmentAccount[];
  /** The secret end of an account's webhook path. */
  secretPath(id: string): string;
}

export type EnvironmentAccount = Omit<ProviderAccount, 'updatedAt'>;

/** As pino has it. Never given a body, a key or an address. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SandboxMessages {
  /** What the sandbox was given to carry for one invocation, in the order it came. */
  messages(invocationId: string): Promise<SandboxMessage[]>;
  /** The script that an address stands for (numbers ending in 0001 … 0006), so that simulate plays it too. */
  scriptOf?(address: string, timeoutSeconds: number): string | null;
}
