type Close = () => Promise<void>;

const open = new Set<Close>();

/** Keeps a way to end what was started, for the case that the benchmark is interrupted. Ending it twice does no harm. */
export function untilLeft(close: Close): Close {
  const once = async () => {
    if (open.delete(once)) await close();
  };
  open.add(once);
  return once;
}

/** Ends whatever still stands, the newest first. */
export async function leaveNothing(): Promise<void> {
  for (const close of [...open].reverse()) await close();
}
