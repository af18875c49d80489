import { escapePattern } from '../model/escape-pattern.ts';

const PLACEHOLDER = /\{[^{}]*\}/;

/** Which tables a name with placeholders (`pay_{year}`) is of; what stands for each of them is a group. */
export const tablePattern = (name: string): RegExp => new RegExp(`^${name.split(PLACEHOLDER).map(escapePattern).join('([A-Za-z0-9]+)')}$`, 'u');
