import 'i18next';
import type flows from './en/flows.json';
import type home from './en/home.json';
import type insight from './en/insight.json';
import type parts from './en/parts.json';
import type runs from './en/runs.json';
import type settings from './en/settings.json';
import type shell from './en/shell.json';
import type signIn from './en/sign-in.json';
import type templates from './en/templates.json';
import type trial from './en/trial.json';
import type vocabulary from './en/vocabulary.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    keySeparator: false;
    nsSeparator: ':';
    resources: {
      // What core says, by the keys that it gives.
      advice: object;
      differences: object;
      flows: typeof flows;
      home: typeof home;
      insight: typeof insight;
      lint: object;
      parts: typeof parts;
      runs: typeof runs;
      settings: typeof settings;
      shell: typeof shell;
      'sign-in': typeof signIn;
      templates: typeof templates;
      trial: typeof trial;
      vocabulary: typeof vocabulary;
    };
  }
}
