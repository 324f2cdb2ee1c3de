import type { Client } from '@temporalio/client';

const AWAY = 'Temporal does not answer';
const LOOK_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;

/** Whether the server answers. Once a call went unanswered, it is asked each second until it does again. */
export class Presence {
  private sentence: string | null = null;
  private timer: NodeJS.Timeout | null = null;
  private closed = false;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly client: Client) {}

  /** Null while the server answers, else a sentence. */
  away(): string | null {
    return this.sentence;
  }

  /** A call went unanswered. @returns the sentence */
  lost(): string {
    if (this.sentence === null && !this.closed) this.lookAgain();
    this.sentence = AWAY;
    return AWAY;
  }

  /** Asks now. Null when it answers. */
  async ask(): Promise<string | null> {
    return (await this.answers()) ? null : AWAY;
  }

  /** Resolves once nothing of it is under way. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    await this.looking;
  }

  private lookAgain(): void {
    this.timer = setTimeout(() => {
      this.looking = this.look();
    }, LOOK_EVERY_MS).unref();
  }

  private async look(): Promise<void> {
    if (await this.answers()) this.sentence = null;
    else if (!this.closed) this.lookAgain();
  }

  private async answers(): Promise<boolean> {
    const { namespace } = this.client.options;
    try {
      await this.client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
        this.client.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } catch {
      return false;
    }
  }
}
