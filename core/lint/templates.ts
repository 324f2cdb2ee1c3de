import type { Template } from '../../schemas/template';
import { type Finding, finding, type LintSubject, type PlacedStep } from './finding';

/** A step's template has to be there, be of the step's channel, and be approved. */
export function lintTemplates({ steps, context }: LintSubject): Finding[] {
  return steps.flatMap((placed) => judge(placed, context.templates.get(placed.step.template)));
}

function judge({ step: { template, channel }, pointer }: PlacedStep, found: Template | undefined): Finding[] {
  const at = `${pointer}/template`;
  if (!found) return [finding('error', 'template-unknown', at, { template })];
  if (found.channel !== channel) {
    return [finding('error', 'template-channel', at, { template, templateChannel: found.channel, channel })];
  }
  if (found.status === 'approved') return [];
  const values = { template, templateStatus: found.status };
  if (!found.statusReason) return [finding('error', 'template-not-approved', at, values)];
  return [finding('error', 'template-not-approved.because', at, { ...values, because: found.statusReason })];
}
