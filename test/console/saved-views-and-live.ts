import type { Page } from 'playwright-core';

/** As GET /v1/live answers; `deadLetters` null: not known. */
export const NOW = {
  running: { total: 7, byFlow: [{ flowId: 'flw_1', workflowId: 'wf_otp', name: 'OTP by live', running: 7 }] },
  rates: { invocationsPerSecond: 2.5, endedPerSecond: 2, receiptsPerSecond: 4, callbacksPerSecond: null },
  lag: { eventsBehind: 3, receiptsBehind: 0, oldestSeconds: 0.4 },
  providers: [
    {
      provider: 'twilio',
      account: 'pac_main',
      breaker: 'open',
      sent: 200,
      failed: 90,
      failureRate: 0.45,
      p95Ms: 820,
      lastFailure: { at: '2026-11-26T10:00:00.000Z', reason: 'provider_unavailable', code: '503' },
    },
    {
      provider: 'sandbox',
      account: 'sandbox',
      breaker: null,
      sent: null,
      failed: null,
      failureRate: null,
      p95Ms: null,
      lastFailure: null,
    },
  ],
  deadLetters: null,
  callbacks: { pending: 3, failing: 1, disabledProfiles: 0 },
};

/** What the browser is told happens now, in place of what does: trouble that cannot be had at will. */
export async function tellLive(page: Page, now: () => object | null): Promise<void> {
  await page.route('**/v1/live?*', (route) => {
    const told = now();
    return told
      ? route.fulfill({ json: { at: new Date().toISOString(), ...told } })
      : route.fulfill({ status: 503, json: { title: 'Unavailable', detail: 'The store is away.', status: 503 } });
  });
}

/** Saved views as the contract has them, kept for one window. */
export async function keepSavedViews(page: Page): Promise<void> {
  let views: Record<string, unknown>[] = [];
  await page.route(/\/v1\/saved-views/, async (route) => {
    const request = route.request();
    const id = new URL(request.url()).pathname.split('/')[3];
    const body = request.postDataJSON() as Record<string, unknown> | null;
    if (request.method() === 'POST') {
      views = [
        ...views,
        { ...body, id: `sav_${views.length}`, ownerId: 'per_owner', createdAt: '2026-11-26T10:00:00Z' },
      ];
      return route.fulfill({ status: 201, json: views[views.length - 1] });
    }
    if (request.method() === 'DELETE') {
      views = views.filter((view) => view.id !== id);
      return route.fulfill({ status: 204 });
    }
    return route.fulfill({ json: { items: views, nextCursor: null } });
  });
}
