/** What a person chose for every page: theme and human time. Small, so it lives in localStorage and is read before the first paint. */

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

const THEME_KEY = 'orrery.theme';
const HUMAN_KEY = 'orrery.human-time';

class Settings {
  theme = $state<Theme>(stored(THEME_KEY, THEMES, 'system'));
  /** One cycle shown as one second. */
  humanTime = $state(stored(HUMAN_KEY, ['on', 'off'] as const, 'off') === 'on');
  /** The theme that is on the screen. */
  shown = $state<'light' | 'dark' | 'contrast'>('light');

  /** Follows the system; call once. Returns the clean-up. */
  watch(): () => void {
    const queries = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('(prefers-contrast: more)')];
    const apply = () => this.apply();
    for (const query of queries) query.addEventListener('change', apply);
    apply();
    return () => {
      for (const query of queries) query.removeEventListener('change', apply);
    };
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    store(THEME_KEY, theme);
    this.apply();
  }

  setHumanTime(on: boolean): void {
    this.humanTime = on;
    store(HUMAN_KEY, on ? 'on' : 'off');
  }

  private apply(): void {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const contrast = matchMedia('(prefers-contrast: more)').matches;
    this.shown = this.theme !== 'system' ? this.theme : contrast ? 'contrast' : dark ? 'dark' : 'light';
    document.documentElement.dataset.theme = this.shown;
  }
}

function stored<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  try {
    const value = localStorage.getItem(key) as T | null;
    return value !== null && allowed.includes(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

/** A refused localStorage (private mode, full) only costs the memory of a choice. */
function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice holds until the page is closed.
  }
}

export const settings = new Settings();
