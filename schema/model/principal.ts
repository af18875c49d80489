/** Who asks, as the hub knows it once a token is verified. */
export interface Principal {
  readonly subject: string;
  readonly department?: string;
  readonly roles: readonly Role[];
  /** Claims that row rules may name, e.g. `region`. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  /** What the data are asked for. */
  readonly purpose?: string;
  /** When the token ends, in milliseconds since 1970; streams end with it. Absent for identities that no token made. */
  readonly expiresAtMs?: number;
  /** What the deny-list knows the token by that made it. */
  readonly token?: { readonly kid?: string; readonly jti?: string };
  /**
   * Not made by a token: nobody's rights are known. `developer` may do everything, `local` may read everything; both only ever over loopback, where no
   * tokens are configured.
   */
  readonly unverified?: 'developer' | 'local';
}

/** System, security and audit administration are never one account. */
export type Role = 'consumer' | 'officer' | 'steward' | 'approver' | 'auditor' | 'operator' | 'security';
