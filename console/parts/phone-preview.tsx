import { useTranslation } from 'react-i18next';
import type { TemplateContent } from '../../schemas/template';
import type { Channel } from '../../schemas/vocabulary';
import styles from './phone-preview.module.css';

/** A message as the person would see it: `content` has its variables filled in already. */
export function PhonePreview({
  channel,
  content,
  sender = 'Onward',
}: {
  channel: Channel;
  content: TemplateContent;
  sender?: string;
}) {
  const { t } = useTranslation(['templates', 'vocabulary']);
  return (
    <figure className={styles.phone} data-channel={channel}>
      <figcaption className={styles.top}>
        <span className={styles.sender}>{sender}</span>
        <span>{t(`vocabulary:channel.${channel}`)}</span>
      </figcaption>
      <div className={styles.screen}>
        <Message channel={channel} content={content} sender={sender} />
      </div>
    </figure>
  );
}

function Message({ channel, content, sender }: { channel: Channel; content: TemplateContent; sender: string }) {
  if (channel === 'email') return <Email content={content} sender={sender} />;
  if (channel === 'push' || channel === 'inapp') return <Notification content={content} sender={sender} />;
  if (channel === 'webhook') return <Pieces value={content} />;
  return <Bubble content={content} />;
}

/** SMS, WhatsApp, RCS and messengers: a bubble, with what the provider's own template shows in it. */
function Bubble({ content }: { content: TemplateContent }) {
  const { t } = useTranslation('templates');
  const { text, subject, rcs, whatsapp, twilio, line, kakao } = content;
  const card = rcs?.card;
  const own = whatsapp ?? twilio ?? line ?? kakao;
  return (
    <>
      {text !== undefined && (
        <div className={styles.bubble} dir="auto">
          {subject && <strong>{subject}</strong>}
          <p>{text}</p>
        </div>
      )}
      {card && (
        <div className={styles.bubble} dir="auto">
          {card.mediaUrl && <span className={styles.media}>{t('preview.image')}</span>}
          {card.title && <strong>{card.title}</strong>}
          {card.description && <p>{card.description}</p>}
          {card.suggestions?.map(({ text: words }) => (
            <span key={words} className={styles.suggestion}>
              {words}
            </span>
          ))}
        </div>
      )}
      {own && (
        <div className={styles.bubble}>
          <p>{t('preview.ofProvider', { name: nameOf(content) })}</p>
          <Pieces value={own} />
        </div>
      )}
      {text === undefined && !card && !own && <Nothing />}
    </>
  );
}

function nameOf({ whatsapp, twilio, kakao }: TemplateContent): string {
  return whatsapp?.name ?? twilio?.contentSid ?? kakao?.templateId ?? 'LINE';
}

function Email({ content, sender }: { content: TemplateContent; sender: string }) {
  const { t } = useTranslation('templates');
  return (
    <div className={styles.email} dir="auto">
      <p className={styles.from}>{sender}</p>
      <strong>{content.subject ?? t('preview.noSubject')}</strong>
      {content.html !== undefined ? (
        // Without rights of any kind: neither scripts nor forms nor the page around it.
        <iframe title={t('preview.email')} sandbox="" srcDoc={content.html} className={styles.html} />
      ) : (
        <p className={styles.text}>{content.text ?? ''}</p>
      )}
    </div>
  );
}

function Notification({ content, sender }: { content: TemplateContent; sender: string }) {
  const { title, text, push } = content;
  if (title === undefined && text === undefined) return <Nothing />;
  return (
    <div className={styles.notification} dir="auto">
      <p className={styles.from}>{sender}</p>
      {title && <strong>{title}</strong>}
      {text && <p>{text}</p>}
      {push?.link && (
        <p className={styles.from} dir="ltr">
          {push.link}
        </p>
      )}
    </div>
  );
}

function Nothing() {
  const { t } = useTranslation('templates');
  return <p className={styles.nothing}>{t('preview.empty')}</p>;
}

function Pieces({ value }: { value: object }) {
  const { t } = useTranslation('templates');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section tabIndex={0} aria-label={t('preview.pieces')} className={styles.pieces}>
      <pre dir="ltr">{JSON.stringify(value, null, 2)}</pre>
    </section>
  );
}
