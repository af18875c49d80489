import { PAGE_MIN } from './subject-keys.ts';
import type { AccessEvent, RecordedReads, RecordedSubjects } from './record.ts';

/** Parts that one principal, operation or plan has in all its records, as they were written before. */
const written = new WeakMap<object, string>();

/** The event as `JSON.stringify` writes it: what many records have in common is written once. Its parts must not change. */
export function eventText(event: AccessEvent): string {
  let text = '';
  for (const name in event) {
    const value = event[name as keyof AccessEvent];
    if (value === undefined) continue;
    text += `${text === '' ? '{' : ','}"${name}":`;
    if (name === 'who' || name === 'operation') text += once(value as object);
    else if (name === 'reads') text += `[${(value as readonly RecordedReads[]).map(readsText).join()}]`;
    else if (name === 'subjects') text += `[${(value as readonly RecordedSubjects[]).map(subjectsText).join()}]`;
    else text += JSON.stringify(value);
  }
  return `${text}}`;
}

function readsText({ department, source, fields, masked, rows }: RecordedReads): string {
  return `{"department":${JSON.stringify(department)},"source":${JSON.stringify(source)},"fields":${once(fields)}${masked ? `,"masked":${once(masked)}` : ''},"rows":${rows}}`;
}

function subjectsText({ type, count, keys }: RecordedSubjects): string {
  return `{"type":${JSON.stringify(type)},"count":${count},"keys":${keys.length < PAGE_MIN ? JSON.stringify(keys) : once(keys)}}`;
}

function once(part: object): string {
  let text = written.get(part);
  if (text === undefined) written.set(part, (text = JSON.stringify(part)));
  return text;
}
