import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Finding } from '../../parts/field';
import { isolated } from '../../parts/isolated';
import type { Edit } from './edit-definition';
import type { FlowHead } from './flow-data';
import { placeOfFinding, type Told } from './place-findings';
import { useFindingWords } from './use-finding-words';

/** What every part of the wizard works on. */
export interface WizardState {
  flow: FlowHead;
  definition: FlowDefinition;
  readOnly: boolean;
  told: readonly Told[];
  edit(edit: Edit): void;
}

export const WizardContext = createContext<WizardState | null>(null);

export function useWizard(): WizardState {
  const state = useContext(WizardContext);
  if (!state) throw new Error('a part of the wizard stands outside of it');
  return state;
}

/** What is told of the field at the pointer. */
export function useFindingsAt(): (pointer: string) => Finding[] {
  const { told } = useWizard();
  const words = useToldWords();
  return (pointer) =>
    told
      .filter((one) => placeOfFinding(one.pointer).field === pointer)
      .map((one) => ({ tone: one.level === 'error' ? 'bad' : 'wait', words: words(one) }));
}

/** Its level by a word, what is wrong, and how to mend it. */
export function useToldWords(): (told: Told) => string {
  const { t } = useTranslation('flows');
  const words = useFindingWords();
  return (told) => {
    const { message, hint, english } = words(told);
    const text = hint ? `${message} ${hint}` : message;
    // English wherever it stands is set apart, so that its own direction holds.
    return `${t(`told.${told.level}`)} ${english ? isolated(text) : text}`;
  };
}

/** One value of the definition, as a field wants it. */
export function useValueAt(): (pointer: string) => {
  findings: Finding[];
  disabled: boolean;
  onChange(value: unknown): void;
} {
  const { edit, readOnly } = useWizard();
  const findingsAt = useFindingsAt();
  return (pointer) => ({
    findings: findingsAt(pointer),
    disabled: readOnly,
    onChange: (value) => edit({ kind: 'put', pointer, value: value === '' || value === null ? undefined : value }),
  });
}
