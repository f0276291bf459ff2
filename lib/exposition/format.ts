import type { FamilyType } from './prepared-family.js';

/** How an exposition format differs from the other one. */
export interface Format {
  readonly name: 'text' | 'openmetrics';
  /** The whole `Content-Type` of a body in this format. */
  readonly contentType: string;
  /** Whether a type restricts the values of its samples, and samples can have exemplars. */
  readonly strict: boolean;
  /** What follows the last family. */
  readonly end: string;
  /** Whether a family of this type can have this name. */
  allows(name: string, type: FamilyType): boolean;
  /** The lines before the first sample of a family. An empty help text is left out. */
  header(name: string, type: FamilyType, help: string): string;
  /** Names that no other family of the same body can have for itself or for a sample. */
  reservedNames(name: string, type: FamilyType): readonly string[];
}

/** `\` and line feed escaped, which is all that a help text needs in the text format. */
export function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
