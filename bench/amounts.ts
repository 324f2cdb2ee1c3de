import type { Spread } from './load/percentile';

export function perSecond(value: number): string {
  return `${whole(value)}/s`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

export function megabytes(bytes: number): string {
  return `${whole(bytes / 1e6)} MB`;
}

export function times(value: number): string {
  return `${value.toFixed(2)} x`;
}

export function p50p99(spread: Spread): string {
  return `p50 ${ms(spread.p50)}, p99 ${ms(spread.p99)}`;
}
