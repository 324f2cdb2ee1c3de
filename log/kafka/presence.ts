const AWAY = 'Kafka does not answer';
const LOOK_EVERY_MS = 1_000;

/** Whether the brokers answer. Once a call went unanswered, they are asked each second until they do again. */
export class KafkaPresence {
  private sentence: string | null = null;
  private timer: NodeJS.Timeout | null = null;
  private closed = false;
  private looking: Promise<void> | null = null;

  /** @param answers asks them; resolves within a few seconds and never rejects */
  constructor(private readonly answers: () => Promise<boolean>) {}

  /** Null while they answer, else a sentence. */
  away(): string | null {
    return this.sentence;
  }

  /** A call went unanswered, or was refused. @returns the sentence */
  lost(sentence = AWAY): string {
    this.sentence = sentence;
    this.lookLater();
    return sentence;
  }

  /** Something went wrong that may be due to them: they are asked at once. */
  suspect(): void {
    if (this.sentence === null && !this.looking && !this.closed) this.look();
  }

  /** Resolves once nothing of it is under way. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    await this.looking;
  }

  private lookLater(): void {
    if (this.timer || this.looking || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.look();
    }, LOOK_EVERY_MS).unref();
  }

  private look(): void {
    this.looking = this.answers().then((answered) => {
      this.looking = null;
      this.sentence = answered ? null : AWAY;
      if (!answered) this.lookLater();
    });
  }
}
