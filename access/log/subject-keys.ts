import { createHmac } from 'node:crypto';

/** What stands in the log for an entity's key: the same for the same entity, and no way back to the key without the secret. 96 bits in base64url. */
export function subjectKey(secret: string, type: string, key: string): string {
  return createHmac('sha256', secret).update(`${type}\n${key}`).digest('base64url').slice(0, 16);
}

/** Some megabytes each. */
const KEYS_MAX = 10_000;
const PAGES_MAX = 250;
/** Fewer keys are found one by one as fast: their list is another each time. */
export const PAGE_MIN = 8;

/** Keys, and a text that stands for them where there is one; it ends with a character that JSON has not. */
export interface NamedKeys {
  /** How many there are, the same ones each time. */
  readonly count: number;
  readonly keys: ReadonlySet<string>;
  readonly page?: string | undefined;
}

/** A page is asked for again and again, and a hash costs more than the rest of its record. */
export interface SubjectKeys {
  one(type: string, key: string): string;
  /** All of them, in their order; the same list for the same keys while it is remembered. */
  all(type: string, keys: NamedKeys): readonly string[];
}

export function rememberSubjectKeys(secret: string): SubjectKeys {
  const known = rememberRecent<string>(KEYS_MAX);
  const pages = rememberRecent<readonly string[]>(PAGES_MAX);
  const one = (type: string, key: string): string => known(type, key, () => subjectKey(secret, type, key));
  const each = (type: string, keys: ReadonlySet<string>): string[] => Array.from(keys, (key) => one(type, key));
  return {
    one,
    all(type, named) {
      const { page, count } = named;
      if (page !== undefined && count >= PAGE_MIN) return pages(type, page, () => each(type, named.keys));
      const { keys } = named;
      return keys.size < PAGE_MIN ? each(type, keys) : pages(type, JSON.stringify([...keys]), () => each(type, keys));
    },
  };
}

type Named<T> = Map<string, Map<string, T>>;

/** What was made under at least so many names that were asked for last, at most twice as many. It costs two lookups; an LRU cache moves what it finds, too. */
function rememberRecent<T>(max: number): (type: string, name: string, make: () => T) => T {
  let young: Named<T> = new Map();
  let old = young;
  let count = 0;
  return (type, name, make) => {
    const known = young.get(type)?.get(name);
    if (known !== undefined) return known;
    const made = old.get(type)?.get(name) ?? make();
    if (count++ >= max) [old, young, count] = [young, new Map(), 1];
    const named = young.get(type) ?? new Map<string, T>();
    young.set(type, named.set(name, made));
    return made;
  };
}
