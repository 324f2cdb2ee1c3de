import { useTranslation } from 'react-i18next';
import { duration, money, share, whole } from '../../parts/amounts';
import { Disclosure } from '../../parts/disclosure';
import { Badge, Note, type Tone } from '../../parts/note';
import { Table } from '../../parts/table';
import { ENGLISH, useCoreWords } from '../../parts/use-core-words';
import type { Suggestion } from './answers';

const TONES: Record<Suggestion['confidence'], Tone> = { measured: 'good', estimated: 'wait', too_few: 'plain' };

/** One change that the recorded runs were played on: what it would have done, and how much of that is known. */
export function SuggestionNote({ suggestion, currency }: { suggestion: Suggestion; currency: string }) {
  const { t } = useTranslation('insight');
  const words = useCoreWords('advice')(suggestion);
  const { kind, step, from, to, sentence, confidence, runs, estimatedShare, effect } = suggestion;
  const setting = (value: Suggestion['from']) =>
    Array.isArray(value) ? value.join(' → ') : duration(Number(value) * 1_000);
  return (
    <Note tone={TONES[confidence]}>
      <p>
        <strong>{t(`advice.kind.${kind}`, { step, from: setting(from), to: setting(to) })}</strong>
      </p>
      <p>
        <Badge tone={TONES[confidence]}>{t(confidence === 'too_few' ? 'advice.tooFew' : `advice.${confidence}`)}</Badge>
      </p>
      <p {...(words === null && ENGLISH)}>{words ?? sentence}</p>
      <p>{t('advice.rests', { count: runs, shown: whole(runs), share: share(estimatedShare) })}</p>
      {effect && (
        <Disclosure title={t('advice.effect')}>
          <Effect effect={effect} currency={currency} />
        </Disclosure>
      )}
    </Note>
  );
}

function Effect({ effect, currency }: { effect: NonNullable<Suggestion['effect']>; currency: string }) {
  const { t } = useTranslation('insight');
  const forms = [
    ['reach', share],
    ['reachWithin', share],
    ['duplicates', share],
    ['costMicros', (value: number) => money(value, currency)],
    ['p50Ms', signed(duration)],
    ['p95Ms', signed(duration)],
  ] as const;
  return (
    <Table
      caption={t('advice.effect')}
      rows={forms}
      rowKey={([key]) => key}
      columns={[
        { name: t('advice.figure'), cell: ([key]) => t(`advice.${key}`) },
        { name: t('advice.before'), numeric: true, cell: ([key, text]) => text(effect[key].before) },
        { name: t('advice.after'), numeric: true, cell: ([key, text]) => text(effect[key].after) },
        {
          name: t('advice.interval'),
          numeric: true,
          cell: ([key, text]) => effect[key].interval.map((bound) => text(bound)).join(' … '),
        },
      ]}
    />
  );
}

/** A difference of times may be below zero. */
function signed(text: (ms: number) => string): (ms: number) => string {
  return (ms) => (ms < 0 ? `−${text(-ms)}` : text(ms));
}
