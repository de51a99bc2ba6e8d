import type {Language} from './text/text.js';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** In binary units, as the command line has it. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${count} B` : `${value.toFixed(1)} ${UNITS[unit]}`;
}

export function rate(bytesPerSecond: number): string {
  return `${bytes(Math.round(bytesPerSecond))}/s`;
}

export function count(value: number, language: Language): string {
  return new Intl.NumberFormat(language).format(value);
}

const SPANS = {en: ['d', 'h', 'm', 's'], ko: ['일', '시간', '분', '초']};

/** `2d 3h`, `3h 4m`, `5m 6s`, `7s`. */
export function duration(seconds: number, language: Language): string {
  const [day, hour, minute, second] = SPANS[language];
  const whole = Math.max(0, Math.floor(seconds));
  const [d, h, m, s] = [Math.floor(whole / 86_400), Math.floor((whole % 86_400) / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (d > 0) {
    return `${d}${day} ${h}${hour}`;
  }
  if (h > 0) {
    return `${h}${hour} ${m}${minute}`;
  }
  return m > 0 ? `${m}${minute} ${s}${second}` : `${s}${second}`;
}

/** Local date and time; the date is left out today. */
export function time(at: Date, language: Language): string {
  const today = at.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language, {
    ...(today ? {} : {year: 'numeric', month: '2-digit', day: '2-digit'}),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(at);
}
