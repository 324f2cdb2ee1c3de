import type { Story, StoryCallback, StoryReceipt } from '../schemas/story';
import { type Ink, paint } from './ink';

/**
 * What the picture of a run does not show: a verdict on each step, the receipts as they came, and what its owner's
 * systems were told. Pure.
 */
export function drawStory(story: Story, color: boolean): string {
  return [
    ['', story.summary, ...story.verdicts.map(({ sentence }) => `  ${sentence}`)],
    section(
      'receipts',
      story.receipts.map((receipt) => receiptLine(receipt, color)),
      color,
    ),
    section(
      'callbacks',
      story.callbacks.map((callback) => callbackLine(callback, color)),
      color,
    ),
  ]
    .flat()
    .join('\n');
}

function section(title: string, lines: readonly string[], color: boolean): string[] {
  return lines.length === 0 ? [] : ['', paint(title, 'strong', color), ...lines.map((line) => `  ${line}`)];
}

const EFFECTS: Record<StoryReceipt['effect'], { word: string; ink: Ink }> = {
  recorded: { word: 'recorded', ink: 'plain' },
  late: { word: 'late', ink: 'wait' },
  ignored: { word: 'told nothing new', ink: 'ghost' },
};

/** `10:00:30.012  delivered    whatsapp#1  late  by twilio SM12  (30008)` */
function receiptLine(receipt: StoryReceipt, color: boolean): string {
  const { receivedAt, status, step, attempt, provider, providerMessageId, reason, code, effect } = receipt;
  const { word, ink } = EFFECTS[effect];
  const whose = step === null ? '' : `${step}${attempt === null ? '' : `#${attempt}`}`;
  const by = [provider, providerMessageId].filter(Boolean).join(' ');
  const facts = [whose, paint(word, ink, color), by && `by ${by}`, reason, code && `(${code})`];
  return [clock(receivedAt), status.padEnd(11), ...facts.filter(Boolean)].join('  ');
}

const STATUSES: Record<StoryCallback['status'], Ink> = { pending: 'wait', delivered: 'good', failed: 'bad' };

/** `10:00:31.001  invocation.succeeded  delivered  to cbp_main  503, 200` */
function callbackLine({ createdAt, type, status, profileId, attempts }: StoryCallback, color: boolean): string {
  const answers = attempts.map(({ responseCode, error }) => responseCode ?? error ?? 'no answer').join(', ');
  return [clock(createdAt), type, paint(status, STATUSES[status], color), `to ${profileId}`, answers]
    .filter((part) => part !== '')
    .join('  ');
}

function clock(time: string): string {
  return time.slice(11, 23);
}
