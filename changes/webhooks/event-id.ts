/** Names an event to its receiver. A cursor is the same however often the event is made, so this is too. */
export const eventId = (webhook: string, cursor: string): string => `${webhook}-${cursor}`;

export const cursorOfEvent = (webhook: string, event: string): string => event.slice(webhook.length + 1);
