import { adviceRoutes } from './advice';
import { analyticsRoutes } from './analytics';
import { auditRoutes } from './audit';
import { batchRoutes } from './batch';
import { callbackDeliveryRoutes } from './callback-deliveries';
import { callbackProfileCareRoutes } from './callback-profile-care';
import { callbackProfileRoutes } from './callback-profiles';
import { consentRoutes } from './consents';
import { consoleRoutes, consoleShell } from './console';
import type { ApiDeps } from './deps';
import { docsRoutes } from './docs';
import { exportRoutes } from './exports';
import { flowCache } from './flow-cache';
import { flowTrialRoutes } from './flow-trial';
import { flowVersionRoutes } from './flow-versions';
import { flowRoutes } from './flows';
import { healthRoutes } from './health';
import { invitationRoutes } from './invitations';
import { invocationRoutes } from './invocations';
import { invokeService } from './invoke';
import { kaleyraRoutes } from './kaleyra';
import { keyRoutes } from './keys';
import { lateRoutes } from './late';
import { liveRoutes } from './live';
import { openIdRoutes } from './openid';
import { createPasswords } from './passwords';
import { peopleRoutes } from './people';
import { priceRoutes } from './prices';
import { providerAccountRoutes } from './provider-accounts';
import { providerKindRoutes } from './provider-kinds';
import { receiptRoutes } from './receipts';
import { receiptCareRoutes } from './receipts-care';
import { createRejections } from './rejections';
import type { Route } from './route';
import { sandboxRoutes } from './sandbox-messages';
import { savedViewRoutes } from './saved-views';
import type { Services } from './services';
import { sessionRoutes } from './session';
import { sessionViewer } from './session-view';
import { signInLinkRoutes } from './sign-in-link';
import { createThrottle } from './sign-in-throttle';
import { storyRoutes } from './story';
import { streamRoutes } from './stream';
import { suppressionRoutes } from './suppressions';
import { templateApprovalRoutes } from './template-approval';
import { templatePreviewRoutes } from './template-preview';
import { templateRoutes } from './templates';
import { temporalCodecRoutes } from './temporal-codec';
import { webhookRoutes } from './webhooks';

/** The whole table: what is not here is not served, and what is here stands in the OpenAPI document. */
export function apiRoutes(deps: ApiDeps & Pick<Services, 'metrics' | 'now' | 'auth' | 'sessions'>): Route[] {
  const services: Services = { ...deps, flows: flowCache(deps.store.flows, deps.catalog, deps.now) };
  const invoke = invokeService(services);
  const rejections = createRejections(services);
  // A provider’s path would stand for any other below /v1/receipts: so it comes last.
  const receipts = [...receiptRoutes(services), ...receiptCareRoutes(services), ...webhookRoutes(services)];
  if (deps.only === 'receipts') return [...receipts, ...healthRoutes(services)];
  const { now } = services;
  const session = { view: sessionViewer(services), passwords: createPasswords(), throttle: createThrottle(now) };
  const table: Route[] = [
    ...invocationRoutes(services, invoke, rejections),
    ...storyRoutes(services),
    ...streamRoutes(services),
    ...exportRoutes(services),
    ...batchRoutes(services, invoke, rejections),
    ...kaleyraRoutes(services, invoke, rejections),
    ...receipts,
    ...flowRoutes(services),
    ...flowTrialRoutes(services),
    ...flowVersionRoutes(services),
    ...adviceRoutes(services),
    ...templateRoutes(services),
    ...templateApprovalRoutes(services),
    ...templatePreviewRoutes(services),
    ...lateRoutes(services),
    ...liveRoutes(services),
    ...savedViewRoutes(services),
    ...keyRoutes(services),
    ...auditRoutes(services),
    ...peopleRoutes(services),
    ...sessionRoutes(services, session),
    ...invitationRoutes(services, session),
    ...openIdRoutes(services),
    ...signInLinkRoutes(services, consoleShell(services)),
    ...priceRoutes(services),
    ...providerAccountRoutes(services),
    ...providerKindRoutes(services),
    ...callbackDeliveryRoutes(services),
    ...callbackProfileRoutes(services),
    ...callbackProfileCareRoutes(services),
    ...suppressionRoutes(services),
    ...consentRoutes(services),
    ...sandboxRoutes(services),
    ...(deps.temporalCodec ? temporalCodecRoutes(services, deps.temporalCodec) : []),
    ...analyticsRoutes(services),
    ...healthRoutes(services),
    ...docsRoutes(services, () => table),
    ...consoleRoutes(services),
  ];
  return table;
}
