import { Draft, draftMutations, draftQueries } from './draft-fields.ts';
import { driftMutations, driftQueries } from './drift-fields.ts';
import { CatalogueType, studyQueries } from './study-fields.ts';

/** What a data officer asks and does: drafts, drift, and what else belongs to a mapping's life. */
export const mappingQueries = { ...draftQueries, ...driftQueries, ...studyQueries };
export const mappingMutations = { ...draftMutations, ...driftMutations };
export const mappingTypes = { Draft, CatalogueType };
