type Given<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** Without what is null or undefined: GraphQL's optional arguments as optional properties. */
export function orAbsent<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as Given<T>;
}
