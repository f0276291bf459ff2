import { readdir } from 'node:fs/promises';
import { Pace } from '../core/pace.js';
import { FileReader } from './files/file-reader.js';

const FOLD_NAME = /^dead-(\d{1,15})\.metrics$/;

/**
 * The file that holds what ended processes left behind. Each new one has the next number; the one
 * with the highest number counts, and all others are left-overs.
 */
export function foldName(number: number): string {
  return `dead-${number}.metrics`;
}

/** `undefined` for the name of something else. */
export function foldNumber(name: string): number | undefined {
  const match = FOLD_NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** 0 when there is none. */
export function highestFold(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => foldNumber(name) ?? 0));
}

/** Whether a process' file was put into the file of the dead. */
export async function isFolded(directory: string, name: string): Promise<boolean> {
  try {
    const number = highestFold(await readdir(directory));
    if (number === 0) return false;
    const file = new FileReader(foldName(number));
    await file.read(directory, new Pace(undefined));
    return file.fold?.folded.includes(name) === true;
  } catch {
    return false;
  }
}
