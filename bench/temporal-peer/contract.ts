export const PEER_QUEUE = 'peer';

export interface PeerActivities {
  /** @param message.receiptAfterMs when the receipt comes; null: never */
  send(message: { phone: string; code: string; receiptAfterMs: number | null }): Promise<{ id: string }>;
}
