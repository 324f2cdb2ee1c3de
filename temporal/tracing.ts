import type { InjectedSinks } from '@temporalio/worker';
import type { TraceSinks } from '../workflows/tracing';

/** Of a worker without tracing: a run that was started with it tells its spans all the same, to nobody. */
export const UNHEARD: InjectedSinks<TraceSinks> = { trace: { ended: { fn() {}, callDuringReplay: false } } };
