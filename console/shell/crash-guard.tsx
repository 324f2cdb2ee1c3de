import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../parts/button';
import { Note } from '../parts/note';

/** A page that fails takes nothing else with it. What it throws is a bug of ours. */
export class CrashGuard extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return <Crashed onRetry={() => this.setState({ crashed: false })} />;
  }
}

function Crashed({ onRetry }: { onRetry(): void }) {
  const { t } = useTranslation('shell');
  return (
    <Note tone="bad" title={t('crashed')}>
      <p>{t('crashed.hint')}</p>
      <Button onClick={onRetry}>{t('tryAgain')}</Button>
    </Note>
  );
}
