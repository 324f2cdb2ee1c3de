import { useTranslation } from 'react-i18next';
import { diffFlows } from '../../../core/flow-diff';
import type { FlowDefinition } from '../../../schemas/flow';
import { stepAt } from './edit-definition';
import styles from './wizard.module.css';

/** What differs between two definitions, by step; the sentences are the API's own, as in its diff. */
export function Differences({ from, to }: { from: FlowDefinition; to: FlowDefinition }) {
  const { t } = useTranslation('flows');
  const groups = new Map<string, string[]>();
  for (const { pointer, kind, sentence } of diffFlows(from, to)) {
    const at = /^\/steps\/\d+(\/parallel\/\d+\/\d+)?/.exec(pointer)?.[0];
    const step = at === undefined ? undefined : stepAt(kind === 'removed' && !stepAt(to, at) ? from : to, at);
    const group = step?.name ?? (at === undefined ? t('diff.flow') : t('diff.steps'));
    groups.set(group, [...(groups.get(group) ?? []), sentence]);
  }
  if (groups.size === 0) return <p>{t('diff.none')}</p>;
  return (
    <dl className={styles.differences}>
      {[...groups].map(([group, sentences]) => (
        <div key={group}>
          <dt>{group}</dt>
          {sentences.map((sentence) => (
            <dd key={sentence} lang="en" dir="ltr">
              {sentence}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
