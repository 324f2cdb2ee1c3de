import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Client } from '@sendgrid/client';

const ANSWER_BYTES_MAX = 1_048_576;

/**
 * The SDK's client of one account: on connections of its own that are kept open, never tried again, never redirected,
 * and given up with a signal. Statuses are answers here and no exceptions: the SDK's own error needs a working directory
 * without special characters, and where it has none the send would never end.
 */
export class AccountClient extends Client {
  private readonly httpAgent = new HttpAgent({ keepAlive: true });
  private readonly secureAgent = new HttpsAgent({ keepAlive: true });
  protected readonly signal: AbortSignal | null = null;

  constructor(apiKey: string, apiUrl: string | undefined) {
    super();
    this.setApiKey(apiKey);
    // After the key, which sets the address of its region.
    if (apiUrl !== undefined) this.setDefaultRequest('baseUrl', apiUrl);
  }

  /** The same client, for requests that end when the signal says so. */
  until(signal: AbortSignal): AccountClient {
    return Object.create(this, { signal: { value: signal } }) as AccountClient;
  }

  /** What is handed to axios. */
  override createRequest(data: Parameters<Client['createRequest']>[0]): ReturnType<Client['createRequest']> {
    const ours = {
      signal: this.signal ?? undefined,
      httpAgent: this.httpAgent,
      httpsAgent: this.secureAgent,
      maxRedirects: 0,
      maxContentLength: ANSWER_BYTES_MAX,
      validateStatus: () => true,
    };
    return { ...super.createRequest(data), ...ours };
  }

  close(): void {
    this.httpAgent.destroy();
    this.secureAgent.destroy();
  }
}
