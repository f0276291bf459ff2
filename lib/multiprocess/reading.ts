import type { FileReader } from './files/file-reader.js';
import type { Existence, FileName } from './files/identity.js';

/** A file that a process writes or has written. */
export interface ProcessFile {
  readonly owner: FileName;
  readonly state: 'live' | 'stale' | 'ended';
  readonly existence: Existence;
  /** It was read after its owner had written to it for the last time. */
  readonly isFinal: boolean;
  /** Its owner, of which nobody can tell, has been silent for so long that it can be retired. */
  readonly isForsaken: boolean;
  readonly file: FileReader;
}

/** All that was in the directory at one moment. */
export interface Reading {
  /** In the order in which the processes started. */
  readonly files: readonly ProcessFile[];
  /** What earlier ended processes have counted. Nearly always one or none, see `FoldRecord.without`. */
  readonly folds: readonly FileReader[];
  /** Whether they were read now, or will never be readable again: only then can they be replaced. */
  readonly canFold: boolean;
  /** Numbers of folds that are there, but cannot be read and never were. */
  readonly unreadFolds: readonly number[];
  /** The highest number of a fold, readable or not; 0 when there is none. */
  readonly foldNumber: number;
  /** Files that hold nothing any more. */
  readonly leftovers: readonly string[];
  /** Somebody has taken the file that was not to be read from its writer. */
  readonly isExceptedTaken: boolean;
}
