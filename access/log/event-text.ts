import { PAGE_MIN } from './subject-keys.ts';
import type { AccessEvent, RecordedReads, RecordedSubjects } from './record.ts';

/** Parts that one principal, operation or plan has in all its records, as they were written before. */
const written = new WeakMap<object, string>();

/** The event as JSON, its members in the order of their declaration: what many records have in common is written once. Its parts must not change. */
export function eventText(event: AccessEvent): string {
  const { kind, request, who, operation, generation, release, reads, own, subjects, explain, decision, errors, count, ms } = event;
  let text = `{"kind":"${kind}","request":${JSON.stringify(request)},"who":${once(who)}`;
  if (operation) text += `,"operation":${once(operation)}`;
  if (generation !== undefined) text += `,"generation":${generation}`;
  if (release !== undefined) text += `,"release":${release}`;
  if (reads) text += `,"reads":[${reads.map(readsText).join()}]`;
  if (own) text += `,"own":${JSON.stringify(own)}`;
  if (subjects) text += `,"subjects":[${subjects.map(subjectsText).join()}]`;
  if (explain) text += ',"explain":true';
  text += `,"decision":"${decision}"`;
  if (errors) text += `,"errors":${JSON.stringify(errors)}`;
  if (count !== undefined) text += `,"count":${count}`;
  if (ms !== undefined) text += `,"ms":${ms}`;
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
