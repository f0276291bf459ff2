/** Numbers as people write them. */

// Made once: making one takes longer than what it does.
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export function count(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1e6) return `${digits(value / 1e6)} M`;
  if (value >= 1e4) return `${digits(value / 1e3)} k`;
  return digits(value);
}

export function perSecond(value: number): string {
  return Number.isFinite(value) ? `${count(value)} /s` : '–';
}

export function share(value: number): string {
  return Number.isFinite(value) ? `${digits(value * 100)} %` : '–';
}

export function seconds(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0 s';
  if (value < 1e-3) return `${digits(value * 1e6)} µs`;
  if (value < 1) return `${digits(value * 1e3)} ms`;
  if (value < 120) return `${digits(value)} s`;
  if (value < 7200) return `${digits(value / 60)} min`;
  return `${digits(value / 3600)} h`;
}

export function bytes(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let rest = value;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${digits(rest)} ${units[unit]}`;
}

export function cores(value: number): string {
  return Number.isFinite(value) ? `${digits(value)} cores` : '–';
}

/** Hours, minutes and seconds of a day. */
export function clock(milliseconds: number): string {
  return CLOCK.format(milliseconds);
}

export function time(milliseconds: number): string {
  return TIME.format(milliseconds);
}

/** Day and time of a moment in seconds since the epoch; 0 is none. */
export function moment(epochSeconds: number): string {
  return epochSeconds === 0 || !Number.isFinite(epochSeconds)
    ? '–'
    : MOMENT.format(epochSeconds * 1000);
}

/** Three digits at most, without zeros at the end. */
function digits(value: number): string {
  const size = Math.abs(value);
  const fraction = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return NUMBER.format(Number(value.toFixed(fraction)));
}
