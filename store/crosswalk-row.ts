/** One pair of a source's own key and the canonical key it may stand for: what the last scan found, and what an officer decided on top. */
export interface CrosswalkPair {
  readonly entity: string;
  readonly source: string;
  /** Wire value as text. */
  readonly localKey: string;
  /** Null: the source's key names no canonical key. */
  readonly canonicalKey: string | null;
}

export interface CrosswalkRow extends CrosswalkPair {
  /** Null when only an officer put the two together, or the source no longer has the key. */
  readonly found: CrosswalkFound | null;
  /** Wins over `found`, and survives scans. */
  readonly decision: CrosswalkDecision | null;
}

export interface CrosswalkFound {
  /** Null when nothing matched. */
  readonly matchedBy: 'exact' | 'normalised' | 'evidence' | null;
  /** What the source says, whatever today's date and whether the entity exists: both are judged when the crosswalk is used. */
  readonly state: 'confirmed' | 'candidate' | 'unmatched';
  /** `YYYY-MM-DD`, both inclusive; null is open-ended. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** 0…1, how alike the evidence is; null when not compared. */
  readonly score: number | null;
  readonly evidence: CrosswalkEvidence | null;
}

/** What an officer needs to see to decide. */
export interface CrosswalkEvidence {
  /** The canonical key as the source wrote it. */
  readonly raw: string | null;
  /** Unified field → this source's value. */
  readonly fields: Readonly<Record<string, string>>;
  /** Unified field → the authority's value and how alike the two are (0…1). */
  readonly compared?: Readonly<Record<string, { readonly value: string; readonly score: number }>>;
}

export interface CrosswalkDecision {
  readonly state: 'confirmed' | 'rejected';
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}
