import { useTranslation } from 'react-i18next';
import type { TemplateContent } from '../../schemas/template';
import type { Channel } from '../../schemas/vocabulary';
import type { Fault } from '../client/problem';
import { type Finding, NumberField, Select, TextArea, TextField } from './field';
import { JsonField } from './json-field';
import { WAYS, type Way, wayOf } from './template-ways';

interface Given {
  channel: Channel;
  content: TemplateContent;
  /** Where the content stands in what is sent, as `/content`. */
  pointer: string;
  faults: readonly Fault[];
  disabled?: boolean | undefined;
  onChange(content: TemplateContent): void;
}

/** The fields of a content, as its channel has them. */
export function TemplateFields(given: Given) {
  const { t } = useTranslation('templates');
  const { channel, content, disabled, onChange } = given;
  const ways = WAYS[channel] ?? ['text'];
  if (channel === 'webhook') {
    return (
      <JsonField
        label={t('field.content')}
        value={content}
        disabled={disabled}
        findings={findingsAt(given, '')}
        onChange={(value) => onChange((value ?? {}) as TemplateContent)}
      />
    );
  }
  const way = wayOf(channel, content);
  return (
    <>
      {ways.length > 1 && (
        <Select<Way>
          label={t('way')}
          value={way}
          disabled={disabled}
          choices={ways.map((value) => ({ value, words: t(`way.${value}`) }))}
          onChange={(next) => onChange(emptyOf(next))}
        />
      )}
      {way === 'text' ? <Texts {...given} /> : <OwnTemplate {...given} way={way} />}
    </>
  );
}

function emptyOf(way: Way): TemplateContent {
  const empty: Record<Way, unknown> = {
    text: { text: '' },
    whatsapp: { whatsapp: { name: '', language: 'en' } },
    twilio: { twilio: { contentSid: '' } },
    rcs: { rcs: { card: { title: '' } } },
    line: { line: { messages: [] } },
    kakao: { kakao: { pfId: '', templateId: '' } },
  };
  return empty[way] as TemplateContent;
}

function findingsAt({ faults, pointer }: Pick<Given, 'faults' | 'pointer'>, path: string): Finding[] {
  const at = `${pointer}${path}`;
  return faults
    .filter((fault) => fault.pointer === at || fault.pointer.startsWith(`${at}/`))
    .map(({ message }) => ({ tone: 'bad', words: message }));
}

const SUBJECT: readonly Channel[] = ['lms', 'xms', 'email'];
const TITLE: readonly Channel[] = ['push', 'inapp'];

function Texts(given: Given) {
  const { t } = useTranslation('templates');
  const { channel, content, disabled, onChange } = given;
  const { subject = '', title = '', text = '', html = '', push } = content;
  const put = (field: 'subject' | 'title' | 'text' | 'html', value: string) => {
    const { [field]: _before, ...rest } = content;
    onChange(value === '' ? rest : { ...rest, [field]: value });
  };
  return (
    <>
      {SUBJECT.includes(channel) && (
        <TextField
          label={t('field.subject')}
          value={subject}
          disabled={disabled}
          findings={findingsAt(given, '/subject')}
          onChange={(value) => put('subject', value)}
        />
      )}
      {TITLE.includes(channel) && (
        <TextField
          label={t('field.title')}
          value={title}
          disabled={disabled}
          findings={findingsAt(given, '/title')}
          onChange={(value) => put('title', value)}
        />
      )}
      <TextArea
        label={t('field.text')}
        hint={t('field.text.hint', { example: '{{code}}' })}
        value={text}
        disabled={disabled}
        findings={findingsAt(given, '/text')}
        onChange={(value) => put('text', value)}
      />
      {channel === 'email' && (
        <TextArea
          code
          label={t('field.html')}
          value={html}
          disabled={disabled}
          findings={findingsAt(given, '/html')}
          onChange={(value) => put('html', value)}
        />
      )}
      {TITLE.includes(channel) && <PushFields {...given} push={push} />}
    </>
  );
}

function PushFields({ push = {}, ...given }: Given & { push: TemplateContent['push'] }) {
  const { t } = useTranslation('templates');
  const put = (field: 'image' | 'link' | 'data', value: unknown) => {
    const { [field]: _before, ...rest } = push;
    const next = value === undefined || value === '' ? rest : { ...rest, [field]: value };
    const { push: _push, ...content } = given.content;
    given.onChange(Object.keys(next).length === 0 ? content : { ...content, push: next });
  };
  return (
    <>
      <TextField
        label={t('field.link')}
        type="url"
        value={push.link ?? ''}
        disabled={given.disabled}
        findings={findingsAt(given, '/push/link')}
        onChange={(value) => put('link', value)}
      />
      <TextField
        label={t('field.image')}
        type="url"
        value={push.image ?? ''}
        disabled={given.disabled}
        findings={findingsAt(given, '/push/image')}
        onChange={(value) => put('image', value)}
      />
      <JsonField
        label={t('field.data')}
        value={push.data}
        disabled={given.disabled}
        findings={findingsAt(given, '/push/data')}
        onChange={(value) => put('data', value)}
      />
    </>
  );
}

type Kind = 'text' | 'number' | 'json';
const field = <N extends string>(name: N, kind: Kind = 'text') => ({ name, kind });

/** What a template of the provider's own is told by. */
const OWN_FIELDS = {
  whatsapp: [
    field('name'),
    field('language'),
    field('category'),
    field('ttlSeconds', 'number'),
    field('components', 'json'),
  ],
  twilio: [field('contentSid'), field('variables', 'json')],
  rcs: [field('title'), field('description'), field('mediaUrl'), field('suggestions', 'json')],
  line: [field('messages', 'json')],
  kakao: [field('pfId'), field('templateId'), field('variables', 'json')],
} as const satisfies Record<Exclude<Way, 'text'>, readonly { name: string; kind: Kind }[]>;

function OwnTemplate({ way, ...given }: Given & { way: Exclude<Way, 'text'> }) {
  const { t } = useTranslation('templates');
  const path = way === 'rcs' ? '/rcs/card' : `/${way}`;
  const value = ((way === 'rcs' ? given.content.rcs?.card : given.content[way]) ?? {}) as Record<string, unknown>;
  const put = (name: string, next: unknown) => {
    const { [name]: _before, ...rest } = value;
    const filled = next === undefined || next === null || next === '' ? rest : { ...rest, [name]: next };
    given.onChange({ [way]: way === 'rcs' ? { card: filled } : filled } as TemplateContent);
  };
  return OWN_FIELDS[way].map(({ name, kind }) => {
    const shared = {
      label: t(`own.${name}`),
      disabled: given.disabled,
      findings: findingsAt(given, `${path}/${name}`),
    };
    const onChange = (next: unknown) => put(name, next);
    const key = `${way} ${name}`;
    if (kind === 'json') return <JsonField key={key} {...shared} value={value[name]} onChange={onChange} />;
    if (kind === 'number') {
      const number = typeof value[name] === 'number' ? value[name] : null;
      return <NumberField key={key} {...shared} value={number} onChange={onChange} />;
    }
    return <TextField key={key} {...shared} value={String(value[name] ?? '')} onChange={onChange} />;
  });
}
