/**
 * What lint says, by the rule and the case of it; `….hint` is how to mend that, filled with the same values. The
 * languages of the console are held to these (test/console/words.test.ts).
 */
export const LINT = {
  'duplicate-step-name': 'Another step is named “{{step}}” too.',
  'duplicate-step-name.hint': 'Give each step a name of its own, across all branches.',

  'provider-channel': '{{provider}} does not carry {{channel}}.',
  'provider-channel.hint': 'It carries {{channels}}.',
  'provider-channel.unknown': '{{provider}} does not carry {{channel}}.',
  'provider-channel.unknown.hint': 'Choose another provider.',
  'account-unknown': 'There is no account {{account}} of {{provider}}.',
  'account-unknown.hint': 'GET /v1/provider-accounts lists them; “{{provider}}” alone means its default one.',
  'account-unknown.offline': 'There is no account {{account}} of {{provider}} that is known here.',
  'account-unknown.offline.hint': 'Lint it where the accounts are: POST /v1/flows/{id}/lint.',
  'no-account': '{{provider}} has no account here: live runs cannot send by it.',
  'no-account.hint': 'Make one: POST /v1/provider-accounts. Test runs go to the sandbox all the same.',
  'timeout-validity.none':
    '{{provider}} takes no validity period: this message may still arrive after the next step was sent.',
  'timeout-validity.none.hint':
    'Late receipts are recorded and duplicates counted; allow the step more time if that happens often.',
  'timeout-validity.min':
    "{{provider}} keeps a message for at least {{minSeconds}} s: for {{afterSeconds}} s after this step's timeout of {{timeoutSeconds}} s it may still arrive.",
  'timeout-validity.min.hint': 'Wait at least {{minSeconds}} s, or accept the duplicates.',
  'timeout-validity.max':
    '{{provider}} keeps a message for at most {{maxSeconds}} s: the last {{idleSeconds}} s of this timeout wait for nothing.',
  'timeout-validity.max.hint': 'A timeout of {{maxSeconds}} s or less loses nothing.',
  'recall-pointless': 'Nothing is sent after this step, so its message is never taken back.',
  'recall-impossible':
    '{{provider}} cannot take a message back: the next step is sent at once, marked as a duplicate risk.',

  'success-unknowable.reported':
    '{{provider}} never says “{{status}}” of {{channel}}: the step succeeds only if your own app or gateway reports it, else it times out.',
  'success-unknowable.reported.hint': 'Have it send the receipt to POST /v1/receipts, or choose “accepted”.',
  'success-unknowable.never': '{{provider}} never says “{{status}}” of {{channel}}: the step could never succeed.',
  'success-unknowable.never.hint': 'It can tell: {{statuses}}.',
  'last-step-silence.arrived':
    'Nothing follows this step: silence for {{timeoutSeconds}} s counts as failed, although the message may have arrived.',
  'last-step-silence.arrived.hint': 'Add a step after it.',
  'last-step-silence.opened':
    'Nothing follows this step: silence for {{timeoutSeconds}} s counts as failed, although the message may have arrived and nobody opened it.',
  'last-step-silence.opened.hint': 'Choose “delivered” if reaching the person is enough.',
  'last-step-silence.answered':
    'Nothing follows this step: silence for {{timeoutSeconds}} s counts as failed, although the message may have arrived and nobody answered it.',
  'last-step-silence.answered.hint': 'Choose “delivered” if reaching the person is enough.',
  'no-negative-receipt': '{{provider}} never says that {{channel}} failed: only the timeout moves on to the next step.',
  'no-negative-receipt.hint': 'Keep the timeout short.',

  'reason-pointless.usual': '“{{action}}” is what {{reason}} leads to anyway.',
  'reason-pointless.usual.hint': 'Leave it out.',
  'reason-pointless.last': 'There is nothing to stop: no step comes after this one.',
  'reason-pointless.last.hint': 'Leave it out.',

  'template-unknown': 'There is no template “{{template}}”.',
  'template-unknown.hint': 'Make it with POST /v1/templates first.',
  'template-channel': '“{{template}}” is a template for {{templateChannel}}, the step is {{channel}}.',
  'template-channel.hint': 'Choose a template for {{channel}}.',
  'template-not-approved': '“{{template}}” is {{templateStatus}}.',
  'template-not-approved.hint': 'It can be sent once it is approved.',
  'template-not-approved.because': '“{{template}}” is {{templateStatus}} ({{because}}).',
  'template-not-approved.because.hint': 'It can be sent once it is approved.',

  'template-syntax.partial': '“{{template}}” cannot be read: {{place}}: a template cannot include another.',
  'template-syntax.open-tag': '“{{template}}” cannot be read: Unclosed tag at {{at}}',
  'template-syntax.open-section': '“{{template}}” cannot be read: Unclosed section "{{section}}" at {{at}}',
  'template-syntax.unopened-section': '“{{template}}” cannot be read: Unopened section "{{section}}" at {{at}}',
  'template-syntax.other': '“{{template}}” cannot be read: {{fault}}',
  'variable-unmapped': "“{{template}}” uses {{place}}, which the flow's variables do not have.",
  'variable-unmapped.hint': 'Add “{{variable}}” to variables.properties, or take it out of the template.',
  'variable-unused': 'No template uses “{{variable}}”.',
  'variable-unused.hint': 'Take it out, or use it in a template.',
  'variable-optional': 'A template uses “{{variable}}”, which an invocation may leave out: its place would be empty.',
  'variable-optional.hint': 'Add “{{variable}}” to variables.required.',

  'message-too-long.always.sms':
    '“{{template}}” has more than {{most}} SMS parts, whatever the variables are: it is never sent.',
  'message-too-long.always.sms.hint': 'Shorten the text.',
  'message-too-long.always.lms':
    '“{{template}}” has more than {{most}} bytes of EUC-KR, whatever the variables are: it is never sent.',
  'message-too-long.always.lms.hint': 'Shorten the text.',
  'message-too-long.at-worst.sms':
    'With the longest variables “{{template}}” has more than {{most}} SMS parts: it is not sent then.',
  'message-too-long.at-worst.sms.hint': 'Shorten the text or the variables.',
  'message-too-long.at-worst.lms':
    'With the longest variables “{{template}}” has more than {{most}} bytes of EUC-KR: it is not sent then.',
  'message-too-long.at-worst.lms.hint': 'Shorten the text or the variables.',
  'sms-parts.endless.sms': '“{{variable}}” has no maxLength, so “{{template}}” may become any number of SMS parts.',
  'sms-parts.endless.sms.hint': 'Give it a maxLength in the variables.',
  'sms-parts.endless.lms':
    '“{{variable}}” has no maxLength, so “{{template}}” may become longer than {{most}} bytes of EUC-KR.',
  'sms-parts.endless.lms.hint': 'Give it a maxLength in the variables.',
  'sms-parts.several': 'With the longest variables “{{template}}” is {{count}} SMS parts ({{encoding}}), each billed.',
  'sms-parts.several.hint': 'Shorten the text or the variables.',

  'ladder-longer-than-expiry':
    'The steps may wait {{waitSeconds}} s in all, but the invocation expires after {{expirySeconds}} s.',
  'ladder-longer-than-expiry.hint': "Shorten the steps' timeouts, or let it expire after {{waitSeconds}} s or more.",
  'worst-case-over-budget.skip_step':
    'All steps together cost {{costMicros}} micros, the budget is {{budgetMicros}}: steps beyond it are skipped.',
  'worst-case-over-budget.skip_step.hint': 'A budget of {{costMicros}} micros or more lets every step be sent.',
  'worst-case-over-budget.stop_flow':
    'All steps together cost {{costMicros}} micros, the budget is {{budgetMicros}}: the flow stops there.',
  'worst-case-over-budget.stop_flow.hint': 'A budget of {{costMicros}} micros or more lets every step be sent.',
  'budget-currency': '{{provider}} is reckoned in {{reckonedIn}}, the budget in {{budgetIn}}; nothing is converted.',
  'budget-currency.hint': 'Give the budget in {{reckonedIn}}.',
  'branch-longer-than-parallel':
    'This branch may take {{branchSeconds}} s, but “{{step}}” ends after {{timeoutSeconds}} s.',
  'branch-longer-than-parallel.hint': 'Give “{{step}}” {{branchSeconds}} s or shorten the branch.',
  'price-currency':
    'The prices of {{provider}} for {{channel}} are in {{given}}, the flow reckons in {{reckonedIn}}: they do not count.',
  'price-currency.hint': 'Give these prices in {{reckonedIn}} too, or the budget in {{first}}.',

  'unknown-timezone': '“{{timezone}}” is no time zone.',
  'unknown-timezone.hint': 'Write an IANA name such as Europe/Rome, or “recipient”.',
  'quiet-hours-empty': 'They end when they begin, at {{at}}, and hold nothing back.',
  'quiet-hours-unused': 'They do not hold back a flow for {{purpose}}.',
  'quiet-hours-unused.hint': 'Add “{{purpose}}” to the purposes, or leave the quiet hours out.',
  'callback-profile-unknown': 'There is no callback profile {{profile}}: nobody is told of these invocations.',
  'callback-profile-unknown.hint':
    'Make it (POST /v1/callback-profiles with this “id”), or name another: GET /v1/callback-profiles.',
} as const;
