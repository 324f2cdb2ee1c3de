import { defaultPayloadConverter } from '@temporalio/common';
import { readTrace, withTrace } from '../../workflows/trace-context';

describe('a trace context', () => {
  const context = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    flags: 1,
    state: 'vendor=1',
    workflowId: 'wf_otp',
  };

  test('comes out of the header as it went in, beside what else is there', () => {
    const other = defaultPayloadConverter.toPayload('x');
    const headers = withTrace({ other }, context);
    expect(headers.other).toBe(other);
    expect(readTrace(headers)).toEqual(context);
  });

  test('that nobody records counts as none', () => {
    expect(readTrace(withTrace({}, { ...context, flags: 0 }))).toBeNull();
  });

  test.each([
    ['is missing', {}],
    ['is no traceparent', { traceparent: 'hello' }],
    ['has no trace ID', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }],
    ['has no span ID', { traceparent: `00-${context.traceId}-${'0'.repeat(16)}-01` }],
    ['is no object', 'hello'],
    ['is null', null],
  ])('that %s harms nobody', (_, carrier) => {
    expect(readTrace({ '_tracer-data': defaultPayloadConverter.toPayload(carrier) })).toBeNull();
  });

  test('in a payload that cannot be read harms nobody', () => {
    expect(readTrace({ '_tracer-data': { data: new Uint8Array([1, 2]) } })).toBeNull();
  });
});
