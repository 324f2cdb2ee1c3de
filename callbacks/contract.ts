import type { CallbackType } from '../schemas/callback';
import type { CallbackProfile, Delivery, DeliveryAttempt } from '../store/contract';

/** What the API asks of the room that makes callbacks. */
export interface CallbackSender {
  /**
   * Makes one now, outside any schedule and order, and notes nothing: for a trial of a profile.
   * @returns what the endpoint answered; never rejects for what it does
   */
  trial(profile: CallbackProfile, delivery: Pick<Delivery, 'id' | 'body'>): Promise<Omit<DeliveryAttempt, 'number'>>;
  /** What a callback of that type looks like, with made-up facts, in the profile's format. */
  sample(profile: CallbackProfile, type: CallbackType, now: number): string;
  /** Something is due that was not before: hastens the deliverer where it runs in this process. */
  wake(): void;
  /** Why no callback may ever go to that URL: no https or http, or an address inside; null where it may. */
  refusal(url: string): Promise<string | null>;
}
