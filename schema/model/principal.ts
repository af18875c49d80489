/** Who asks, as the hub knows it once a token is verified. */
export interface Principal {
  readonly subject: string;
  readonly department?: string;
  readonly roles: readonly Role[];
  /** Claims that row rules may name, e.g. `region`. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  /** What the data are asked for. */
  readonly purpose?: string;
  /** When the token ends, in milliseconds since 1970; streams end with it. Absent for the development identity. */
  readonly expiresAtMs?: number;
}

/** System, security and audit administration are never one account. */
export type Role = 'consumer' | 'officer' | 'steward' | 'approver' | 'auditor' | 'operator' | 'security';
