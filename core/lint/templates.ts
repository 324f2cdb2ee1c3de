import type { Template } from '../../schemas/template';
import type { Finding, LintSubject, PlacedStep } from './finding';

/** A step's template has to be there, be of the step's channel, and be approved. */
export function lintTemplates({ steps, context }: LintSubject): Finding[] {
  return steps.flatMap((placed) => {
    const found = judge(placed, context.templates.get(placed.step.template));
    return found ? [{ level: 'error', pointer: `${placed.pointer}/template`, ...found }] : [];
  });
}

function judge(
  { step }: PlacedStep,
  template: Template | undefined,
): Pick<Finding, 'rule' | 'message' | 'hint'> | null {
  if (!template) {
    return {
      rule: 'template-unknown',
      message: `There is no template “${step.template}”.`,
      hint: 'Make it with POST /v1/templates first.',
    };
  }
  if (template.channel !== step.channel) {
    return {
      rule: 'template-channel',
      message: `“${step.template}” is a template for ${template.channel}, the step is ${step.channel}.`,
      hint: `Choose a template for ${step.channel}.`,
    };
  }
  if (template.status !== 'approved') {
    return {
      rule: 'template-not-approved',
      message: `“${step.template}” is ${template.status}${template.statusReason ? ` (${template.statusReason})` : ''}.`,
      hint: 'It can be sent once it is approved.',
    };
  }
  return null;
}
