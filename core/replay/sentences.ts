/**
 * What advice and replays say. `head`, `change`, `rests` and `why` stand within other sentences of these. The languages
 * of the console are held to them (test/console/words.test.ts).
 */
export const TOLD = {
  'suggestion.told': '{{head}}: {{changes}}; {{rests}}.',
  'suggestion.untold': '{{head}}: the data cannot tell; {{why}}.',
  'draft.told': 'The draft: {{changes}}; {{rests}}.',
  'draft.untold': 'The data cannot tell: {{why}}.',
  'verdict.leave':
    'Leave it: of {{tried, number}} changes that were tried none is clearly better; from {{runs, number}} runs.',
  'verdict.few_runs_one': 'The data cannot tell: at least {{needed}} runs are needed, and there is {{count, number}}.',
  'verdict.few_runs_other':
    'The data cannot tell: at least {{needed}} runs are needed, and there are {{count, number}}.',

  'head.timeout': '{{fromSeconds, duration}} -> {{toSeconds, duration}} on “{{step}}”',
  'head.order': '“{{step}}” before “{{next}}”',
  'head.leave_out': 'without “{{step}}”',

  'change.duplicates': 'duplicates {{change, signed}}',
  'change.duplicates.new': 'duplicates in {{afterShare, percent}} of runs instead of none',
  'change.reach': 'reach {{change, signed}}',
  'change.reachWithin': 'reach at {{withinSeconds, duration}} {{change, signed}}',
  'change.cost': 'cost {{change, signed}}',
  'change.cost.new': 'a cost where there was none',
  'change.half.later': 'half of the people reached {{bySeconds, duration}} later',
  'change.half.sooner': 'half of the people reached {{bySeconds, duration}} sooner',
  'change.most.later': '95 % of the people reached {{bySeconds, duration}} later',
  'change.most.sooner': '95 % of the people reached {{bySeconds, duration}} sooner',
  'change.none': 'nothing changes',

  'rests.measured': 'from {{runs, number}} runs, all measured',
  'rests.estimated': 'from {{runs, number}} runs, {{estimatedShare, percent}} of outcomes estimated',
  'rests.hardly': 'from {{runs, number}} runs, under 0.1 % of outcomes estimated',

  'why.few_runs': 'there are {{runs, number}} runs, and at least {{needed}} are needed',
  'why.new_step': 'nothing is recorded of “{{step}}”',
  'why.few_sends':
    '“{{step}}” was sent in {{sent, number}} of {{runs, number}} runs, and at least {{needed}} are needed',
  'why.few_retries': 'too few retries of “{{step}}” are recorded',
  'why.few_recalls': 'too few messages of “{{step}}” were taken back to know how that goes',
  'why.not_watched':
    'messages of “{{step}}” were not watched for so long, were taken back, or expired with their validity',

  'note.untold_one':
    'Of {{count, number}} run the data cannot tell all: {{why}}. What is not known is played as accepted and never heard of.',
  'note.untold_other':
    'Of {{count, number}} runs the data cannot tell all: {{why}}. What is not known is played as accepted and never heard of.',
  'note.not_reproduced_one':
    '{{count, number}} run is left out, as what they recorded does not lead to what became of them: a server that stood still, receipts that contradict each other, or a time that is not kept.',
  'note.not_reproduced_other':
    '{{count, number}} runs are left out, as what they recorded does not lead to what became of them: a server that stood still, receipts that contradict each other, or a time that is not kept.',
  'note.unsettled_one': '{{count, number}} run is left out, as a send of theirs is still to be answered.',
  'note.unsettled_other': '{{count, number}} runs are left out, as a send of theirs is still to be answered.',
  'note.later_step':
    '“{{step}}” was only sent to the {{count, number}} people whom “{{before}}” had not reached by then; others may differ.',
  'note.expired':
    '{{count, number}} messages of “{{step}}” expired when its time was over: with more of it they might have arrived.',
  'note.gate': 'What a gate held back of “{{step}}” is taken to be held back at any time.',
  'note.criterion':
    '“{{step}}” asks for {{status}}, and the runs were watched for {{watchedStatus}}: when that would have been is not recorded.',
  'note.played_by': '“{{step}}” is played by what “{{recorded}}” recorded.',
  'note.template': '“{{step}}” has another template: it is taken to be delivered as the one before was.',
  'note.provider':
    '“{{step}}” goes by {{providers}} instead of {{providersBefore}}: it is taken to deliver as that did.',
} as const;
