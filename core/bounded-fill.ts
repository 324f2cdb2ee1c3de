import mustache from 'mustache';

/** What a text may come to, variables and all: more than any provider takes. A turn of a section costs some, too. */
export const FILLED_LENGTH_MAX = 4_194_304;
const TURN_COST = 32;

/** A template and its variables come to more than may be: sections within sections grow by the power. */
export class FilledTooLong extends Error {
  constructor() {
    super(`a text comes to more than ${FILLED_LENGTH_MAX} characters`);
    this.name = 'FilledTooLong';
  }
}

/** Mustache's own look-up finds what every object has, such as `constructor`, calls it, and fails at a null in a list. */
class OwnContext extends mustache.Context {
  constructor(
    private readonly own: unknown,
    private readonly outer: OwnContext | null,
  ) {
    super(own, outer ?? undefined);
  }

  override push(view: unknown): OwnContext {
    return new OwnContext(view, this);
  }

  override lookup(name: string): unknown {
    if (name === '.') return this.own;
    const path = name.split('.');
    for (let at: OwnContext | null = this; at !== null; at = at.outer) {
      const found = ownAt(at.own, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function ownAt(view: unknown, path: readonly string[]): unknown {
  let at = view;
  for (const name of path) {
    if (at === null || at === undefined || !Object.hasOwn(Object(at), name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** An object may have a `toString` of its own, that is none. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '[object Object]';
  }
}

/** Fills texts as Mustache does, from the variables' own fields alone, and gives up before memory or time run out. */
export class BoundedWriter extends mustache.Writer {
  private left = 0;

  /** @throws FilledTooLong */
  fill(text: string, variables: Readonly<Record<string, unknown>>, escaped: (value: string) => string): string {
    this.left = FILLED_LENGTH_MAX;
    const written = (value: unknown) => escaped(textOf(value));
    return this.render(text, new OwnContext(variables, null), undefined, { escape: written });
  }

  override renderTokens(...given: Parameters<mustache.Writer['renderTokens']>): string {
    this.spend(TURN_COST);
    return super.renderTokens(...given);
  }

  override escapedValue(...given: Parameters<mustache.Writer['escapedValue']>): string {
    return this.spent(super.escapedValue(...given));
  }

  override unescapedValue(...given: Parameters<mustache.Writer['unescapedValue']>): string {
    const value: unknown = super.unescapedValue(...given);
    return this.spent(value === undefined || value === null ? '' : textOf(value));
  }

  override rawValue(...given: Parameters<mustache.Writer['rawValue']>): string {
    return this.spent(super.rawValue(...given));
  }

  /** What stands for nothing is undefined, whatever the types say. */
  private spent(value: string | undefined): string {
    this.spend(value?.length ?? 0);
    return value ?? '';
  }

  private spend(cost: number): void {
    this.left -= cost;
    if (this.left < 0) throw new FilledTooLong();
  }
}
