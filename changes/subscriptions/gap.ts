import { HubError } from '../../schema/errors/hub-error.ts';

/** A source lost changes; the log says so at this place. */
export interface Gap {
  readonly sequence: number;
  readonly source: string;
  readonly department: string;
}

/** @param cursor of somebody who now knows of it */
export const lostChanges = ({ source, department }: Gap, cursor: string): HubError =>
  new HubError('EVENT_GAP', `"${source}" lost changes; query again, then resume from the cursor given.`, { source, department, cursor });
