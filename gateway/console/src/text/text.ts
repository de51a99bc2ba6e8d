import {en} from './en.js';
import {ko} from './ko.js';

export type Language = 'en' | 'ko';

/** The words of the console in one language; another language has the same ones. */
export type Text = typeof en;

const KEPT = 'culvert-language';

export function text(language: Language): Text {
  return language === 'ko' ? ko : en;
}

/** What was chosen here before, else what the browser asks for, else English. */
export function chosen(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'en' || kept === 'ko') {
    return kept;
  }
  const wanted = navigator.languages.find((tag) => /^(en|ko)\b/.test(tag));
  return wanted?.startsWith('ko') ? 'ko' : 'en';
}

export function choose(language: Language): void {
  localStorage.setItem(KEPT, language);
}

/** A word of the gateway's in this language, or as it came if this console does not know it. */
export function word(words: Record<string, string>, key: string): string {
  return Object.hasOwn(words, key) ? words[key]! : key;
}
