/** `auth` of hub.yaml: whose tokens the hub trusts, and how their claims are read. */
export interface AuthConfiguration {
  readonly issuer: string;
  /** A token must be for one of them. */
  readonly audience: readonly string[];
  /** Public keys: fetched from an address, or read from a file (a JSON Web Key Set) beside hub.yaml. */
  readonly keys: { readonly kind: 'jwks'; readonly url: string } | { readonly kind: 'file'; readonly path: string };
  readonly algorithms: readonly string[];
  /** A token may live no longer, whatever it says. */
  readonly maxLifetimeMs: number;
  /** Names of the claims that hold these. */
  readonly claims: { readonly department: string; readonly roles: string; readonly purpose: string };
  /** Claims that row rules may name. */
  readonly attributes: readonly string[];
}
