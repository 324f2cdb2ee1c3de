import { useTranslation } from 'react-i18next';
import type { FieldSchema, Provider } from './account';

/**
 * Label and hint of a provider's field: from the catalogue where it knows the field, else the name and the description that
 * the provider's own schema has, so that a field that is new there can be filled in at once.
 */
export function useFieldWords(provider: Provider, name: string, schema: FieldSchema): { label: string; hint?: string } {
  const { t, i18n } = useTranslation('settings');
  const words = (key: string) => (i18n.exists(`settings:${key}`) ? t(key as 'field.apiKey') : null);
  const label = words(`field.${name}`) ?? name;
  const hint = words(`field.${provider}.${name}.hint`) ?? words(`field.${name}.hint`) ?? schema.description;
  return hint ? { label, hint } : { label };
}
