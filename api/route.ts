import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../store/contract';
import type { RequestTrace } from '../tracing/contract';
import type { Access } from './access';
import type { Caller } from './caller';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';

/** What a handler is given: framework-free, with body and query already judged by the route's schemas. */
export interface ApiRequest<B = unknown, Q = unknown> {
  params: Readonly<Record<string, string>>;
  /** The query as the route's schema types it; empty where the route has none. */
  query: Q;
  /** The query as it came. */
  search: URLSearchParams;
  headers: IncomingHttpHeaders;
  rawBody: Buffer;
  body: B;
  caller: Caller;
  /** Path and query as they came. */
  url: string;
  /** HEAD comes to the routes of GET. */
  method: string;
  /** The other end of the connection, which may be a proxy's. */
  peer(): string;
  /** Aborted when the client has gone before it had its answer. */
  closed(): AbortSignal;
  /** Left out where traces go nowhere. */
  trace?: RequestTrace;
}

export interface ApiResponse {
  status: number;
  headers?: Readonly<Record<string, string | string[]>>;
  /** An object is written as JSON; a string or bytes as they are, by default as JSON too. */
  body?: object | string | Buffer;
  /** Written piece by piece instead of a body; given up when the client goes. */
  stream?: AsyncIterable<string | Uint8Array>;
  /** Of a public route: who it turned out to be, for the audit. Not sent. */
  by?: Actor | undefined;
}

export interface RawBody {
  types: readonly string[];
  limitBytes: number;
  /** What the JSON among them has to be; only for the documentation. */
  json?: object;
  /** Told of a body that was refused for its size. */
  tooLarge?(params: Readonly<Record<string, string>>): void;
}

/** What the audit says of a request that changes something. */
export interface RouteAudit {
  /** Such as `flow.published`; of a public route it may follow from the answer, and null is not written down. */
  action: string | ((response: ApiResponse) => string | null);
  /** The kind of thing that is changed. Its ID is the path's, or stands in the answer as `id`. */
  resource: string;
  /** The path's parameter that has it; left out: `id`, or the only one that there is. */
  idIn?: string;
  /**
   * The thing as the API shows it, without anything secret; null where it is not there. Read before the change and after
   * it. Left out: neither is told.
   */
  read?(
    params: Readonly<Record<string, string>>,
    request: Pick<ApiRequest, 'caller' | 'body' | 'query'>,
  ): Promise<unknown>;
}

export interface HeaderDoc {
  name: string;
  description: string;
}

/** A route is data: it is mounted, guarded and documented from this. */
export interface Route<B = unknown, Q = unknown> {
  method: Method;
  /** Parameters stand in braces: /v1/flows/{id}. */
  path: string;
  summary: string;
  /** The group it stands under in the documentation. */
  tag: string;
  access: Access;
  /** Judges the path before the body is read: an answer turns the request away. */
  guard?(params: Readonly<Record<string, string>>): ApiResponse | null;
  /** The JSON body's schema; without one the body is not read. */
  body?: object;
  /** The body may be left out, which counts as {}. */
  bodyOptional?: boolean;
  /** The handler reads the bytes itself; any type is taken where the list is empty. */
  raw?: RawBody;
  query?: object;
  headers?: readonly HeaderDoc[];
  /** Schema by status; null for an answer without one. Problems are documented for all alike. */
  responses: Readonly<Record<number, object | null>>;
  /** Told of a body that was refused before the handler; the answer waits for it. */
  turnedAway?(request: Pick<ApiRequest, 'params' | 'caller'>): Promise<void>;
  /** Written into the audit, before the answer goes out. Whatever changes what is set up has it: a test looks. */
  audit?: RouteAudit;
  /** What it answers with besides JSON. */
  produces?: readonly string[];
  /** Its last parameter stands for the rest of the path, however many parts that has. */
  wild?: boolean;
  /** Answered before Express sees the request. */
  hot?: boolean;
  handle(request: ApiRequest<B, Q>): Promise<ApiResponse>;
}

/** Forgets the types that only the handler needs: what it is given has been judged by the route's own schemas. */
export function route<B = unknown, Q = unknown>(definition: Route<B, Q>): Route {
  return definition as Route;
}
