import type { LoggerService } from '@nestjs/common';

export interface LogEntry {
  readonly level: 'log' | 'warn' | 'error' | 'fatal' | 'debug' | 'verbose';
  readonly message: string;
  /** What followed the message: stack, context. */
  readonly details: readonly unknown[];
}

/** What Nest 10 warns of when a module takes it more than 10 ms. */
const ON_A_SLOW_MACHINE = /^The module ".*" is taking .* to serialize/;

/** A Nest logger that prints nothing and keeps everything. */
export class LogCapture implements LoggerService {
  readonly entries: LogEntry[] = [];

  get warnings(): string[] {
    return this.#messages('warn');
  }

  /** Errors and fatal ones. */
  get errors(): string[] {
    return this.#messages('error', 'fatal');
  }

  log(message: unknown, ...details: unknown[]): void {
    this.#add('log', message, details);
  }

  warn(message: unknown, ...details: unknown[]): void {
    this.#add('warn', message, details);
  }

  error(message: unknown, ...details: unknown[]): void {
    this.#add('error', message, details);
  }

  fatal(message: unknown, ...details: unknown[]): void {
    this.#add('fatal', message, details);
  }

  debug(message: unknown, ...details: unknown[]): void {
    this.#add('debug', message, details);
  }

  verbose(message: unknown, ...details: unknown[]): void {
    this.#add('verbose', message, details);
  }

  #add(level: LogEntry['level'], message: unknown, details: unknown[]): void {
    if (ON_A_SLOW_MACHINE.test(String(message))) return;
    this.entries.push({ level, message: String(message), details });
  }

  #messages(...levels: LogEntry['level'][]): string[] {
    return this.entries.filter(({ level }) => levels.includes(level)).map((entry) => entry.message);
  }
}
