/** What is used of the package `smpp` (https://github.com/farhadi/node-smpp), which has no types of its own. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  export interface Text {
    /** A text where the package knows the encoding. */
    message: string | Buffer;
    udh?: Buffer[];
  }

  export interface Pdu {
    command: string;
    command_status: number;
    sequence_number: number;
    response(options?: Record<string, unknown>): Pdu;
    system_id?: string;
    password?: string;
    system_type?: string;
    message_id?: string;
    source_addr?: string;
    source_addr_ton?: number;
    source_addr_npi?: number;
    destination_addr?: string;
    dest_addr_ton?: number;
    dest_addr_npi?: number;
    esm_class?: number;
    data_coding?: number;
    registered_delivery?: number;
    validity_period?: string | Date;
    short_message?: Text;
    message_payload?: Text | Buffer;
    receipted_message_id?: string;
    message_state?: number;
  }

  type Answered = (pdu: Pdu) => void;

  export interface Session extends EventEmitter {
    socket: Socket;
    /** False where the connection takes nothing more: surely not sent. */
    send(pdu: Pdu, answered?: Answered): boolean;
    bind_transceiver(options: Record<string, unknown>, answered: Answered): boolean;
    submit_sm(options: Record<string, unknown>, answered: Answered): boolean;
    deliver_sm(options: Record<string, unknown>, answered: Answered): boolean;
    enquire_link(answered: Answered): boolean;
    unbind(answered: Answered): boolean;
    destroy(): void;
    close(): void;
  }

  export function connect(options: Record<string, unknown>): Session;
  export function createServer(listener: (session: Session) => void): NetServer;

  interface Encoding {
    match(text: string): boolean;
    encode(text: string): Buffer;
    decode(bytes: Buffer): string;
  }
  /** `ASCII` is GSM 03.38, a character a byte. */
  export const encodings: Record<'ASCII' | 'UCS2', Encoding>;
}
