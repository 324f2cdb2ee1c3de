import { useTranslation } from 'react-i18next';
import { type Change, diffFlows } from '../../../core/flow-diff';
import type { FlowDefinition } from '../../../schemas/flow';
import { ENGLISH } from '../../parts/use-core-words';
import { stepAt } from './edit-definition';
import { useChangeWords } from './use-change-words';
import styles from './wizard.module.css';

/** What differs between two definitions, by step; in English by the API's own sentences, as in its diff. */
export function Differences({ from, to }: { from: FlowDefinition; to: FlowDefinition }) {
  const { t } = useTranslation('flows');
  const words = useChangeWords(from, to);
  const groups = new Map<string, Change[]>();
  for (const change of diffFlows(from, to)) {
    const { pointer, kind } = change;
    const at = /^\/steps\/\d+(\/parallel\/\d+\/\d+)?/.exec(pointer)?.[0];
    const step = at === undefined ? undefined : stepAt(kind === 'removed' && !stepAt(to, at) ? from : to, at);
    const group = step?.name ?? (at === undefined ? t('diff.flow') : t('diff.steps'));
    groups.set(group, [...(groups.get(group) ?? []), change]);
  }
  if (groups.size === 0) return <p>{t('diff.none')}</p>;
  return (
    <dl className={styles.differences}>
      {[...groups].map(([group, changes]) => (
        <div key={group}>
          <dt>{group}</dt>
          {changes.map((change) => (
            <Difference key={change.sentence} words={words(change)} sentence={change.sentence} />
          ))}
        </div>
      ))}
    </dl>
  );
}

function Difference({ words, sentence }: { words: string | null; sentence: string }) {
  return <dd {...(words === null && ENGLISH)}>{words ?? sentence}</dd>;
}
