/**
 * What differs between two versions, by the kind of difference. The languages of the console are held to these
 * (test/console/words.test.ts).
 */
export const DIFFERENCES = {
  'step.removed': 'Step “{{step}}” was removed.',
  'step.added': 'Step “{{step}}” was added as number {{place}} of the ladder.',
  'step.added.branch': 'Step “{{step}}” was added as number {{place}} of branch {{branch}} of “{{parallel}}”.',
  'step.moved': 'Step “{{step}}” moved from place {{placeBefore}} to place {{place}} of the ladder.',
  'step.moved.branch':
    'Step “{{step}}” moved from place {{placeBefore}} to place {{place}} of branch {{branch}} of “{{parallel}}”.',
  'step.moved.into': 'Step “{{step}}” moved from the ladder to branch {{branch}} of “{{parallel}}”.',
  'step.moved.out': 'Step “{{step}}” moved from branch {{branchBefore}} of “{{parallelBefore}}” to the ladder.',
  'step.moved.across':
    'Step “{{step}}” moved from branch {{branchBefore}} of “{{parallelBefore}}” to branch {{branch}} of “{{parallel}}”.',
  'step.field.added': 'Step “{{step}}”: {{field, path}} is now {{now}}.',
  'step.field.removed': 'Step “{{step}}”: {{field, path}} was taken out; it was {{before}}.',
  'step.field.changed': 'Step “{{step}}”: {{field, path}} went from {{before}} to {{now}}.',
  'field.added': '{{field, path}} is now {{now}}.',
  'field.removed': '{{field, path}} was taken out; it was {{before}}.',
  'field.changed': '{{field, path}} went from {{before}} to {{now}}.',
} as const;
