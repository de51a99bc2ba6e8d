/** Which colours: those that the system prefers, or always the one kind. */
export type Theme = 'auto' | 'light' | 'dark';

export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

const KEPT = 'culvert-theme';

export function chosenTheme(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(KEPT)) ?? 'auto';
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}
