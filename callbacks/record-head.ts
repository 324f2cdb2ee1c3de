/** What a record of `onward.events` says of its run before it lists the events. */
export interface RecordHead {
  invocationId: string;
  flowId: string;
  flowVersion: number;
}

/** As core/wire.ts and the stores write it; the IDs have nothing in them that JSON would escape. */
const HEAD =
  /^\{"invocationId":"([\w.:-]+)","workflowId":"[\w.:-]+","flowId":"([\w.:-]+)","flowVersion":(\d{1,9}),"mode":"(?:live|test)","events":\[/;

/**
 * Read off the text, without parsing it: most records are of flows that tell nobody anything. Null where the text does
 * not begin as ours does, as a foreign producer's may; then it has to be parsed.
 */
export function headOf(value: string): RecordHead | null {
  const found = HEAD.exec(value);
  if (!found) return null;
  const [, invocationId = '', flowId = '', version = ''] = found;
  return { invocationId, flowId, flowVersion: Number(version) };
}
