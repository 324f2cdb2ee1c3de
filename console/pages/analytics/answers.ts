import type { operations } from '../../client/openapi';

type Answer<O> = O extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never;

export type Funnel = Answer<operations['get_analytics_funnel']>;
export type Latency = Answer<operations['get_analytics_latency']>;
export type Cost = Answer<operations['get_analytics_cost']>;
export type Failures = Answer<operations['get_analytics_failures']>;
export type Late = Answer<operations['get_analytics_late']>;
export type Advice = Answer<operations['get_analytics_advice']>;

export type Invocations = NonNullable<Funnel['invocations']>;
export type FunnelStep = Funnel['steps'][number];
export type FunnelGroup = NonNullable<Funnel['groups']>[number];
export type LatencyStep = Latency['steps'][number];
export type LatencyGroup = NonNullable<Latency['groups']>[number];
export type CostGroup = NonNullable<Cost['groups']>[number];
export type FailureGroup = NonNullable<Failures['groups']>[number];
export type Currency = Cost['currencies'][number];
export type FailureStep = Failures['steps'][number];
export type LateItem = Late['items'][number];
export type Suggestion = Advice['suggestions'][number];
