import type { CallbackProfile, Delivery } from '../store/contract';
import type { RunTracing } from '../tracing/contract';
import type { Post, Posted } from './post';

/** Each attempt as a span of its run's trace, which the endpoint is told of (`traceparent`) and may go on with. */
export function tracedPost(
  post: Post,
  tracing: Pick<RunTracing, 'callback'>,
): (profile: CallbackProfile, delivery: Delivery) => Promise<Posted> {
  return (profile, delivery) => {
    const { id: deliveryId, invocationId, type, tries } = delivery;
    const of = { invocationId, type, profileId: profile.id, deliveryId, attempt: tries + 1 };
    return tracing.callback(of, (traceparent) => post(profile, delivery, traceparent));
  };
}
