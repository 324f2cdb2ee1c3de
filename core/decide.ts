import type { Command } from './command';
import { endByCustomer } from './decide/end-by-customer';
import { invoked } from './decide/invoked';
import { recallAnswered } from './decide/recall-answered';
import { receiptArrived } from './decide/receipt-arrived';
import { lookupAnswered, sendAccepted, sendNotMade, sendRejected, sendUncertain } from './decide/send-answered';
import { timerFired } from './decide/timer-fired';
import type { Event } from './event';
import type { Input } from './input';
import type { State } from './state';
import type { Transition } from './transition';

export interface Decision {
  /** The state after the events. */
  state: State;
  events: Event[];
  commands: Command[];
}

/**
 * Every rule of an invocation. Pure: the same state, input and time give the same decision. An input that changes
 * nothing (a duplicate receipt, an answer that came twice, a timer that is not due) gives no events.
 * @param now milliseconds since 1970
 */
export function decide(state: State, input: Input, now: number): Decision {
  const transition: Transition = { state, now, events: [], commands: [] };
  apply(transition, input);
  return transition;
}

function apply(t: Transition, input: Input): void {
  switch (input.type) {
    case 'Invoked':
      return invoked(t, input);
    case 'SendAccepted':
      return sendAccepted(t, input);
    case 'SendRejected':
      return sendRejected(t, input);
    case 'SendUncertain':
      return sendUncertain(t, input);
    case 'SendBlocked':
    case 'SendDropped':
      return sendNotMade(t, input);
    case 'LookupAnswered':
      return lookupAnswered(t, input);
    case 'ReceiptArrived':
      return receiptArrived(t, input);
    case 'RecallConfirmed':
    case 'RecallFailed':
      return recallAnswered(t, input);
    case 'TimerFired':
      return timerFired(t);
    case 'CancelRequested':
    case 'CompleteRequested':
      return endByCustomer(t, input);
  }
}
