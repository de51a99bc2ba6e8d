import type {TemplateResult} from 'lit';
import type {Remote} from './remote.js';
import type {Language, Text} from './text/text.js';
import type {SiteStatus} from './views.js';

/** What a page is drawn from. */
export interface Scene {
  text: Text;
  language: Language;
  /** Of the last event; a page is drawn only when there is one. */
  status: SiteStatus;
  /** Seconds that the ages in the status have grown by. */
  elapsedSeconds: number;
  /** What this page asked for, by the paths that it names. */
  remote: <T>(path: string) => Remote<T>;
  /** What the person set on this page. */
  settings: Map<string, string>;
  set: (key: string, value: string) => void;
}

/** One page of the console: a function of the scene, with what it asks for beside the status. */
export interface Page {
  readonly id: keyof Text['pages'];
  /** Paths below /api/v1 that are asked when the page is opened, by what the person set. */
  readonly paths: (settings: Map<string, string>) => string[];
  /** Whether they are asked again every few seconds while updates are live. */
  readonly again: boolean;
  readonly draw: (scene: Scene) => TemplateResult;
}

export const NO_PATHS = (): string[] => [];
