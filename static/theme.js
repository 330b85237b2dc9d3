// Before the first paint, so that a dark room never sees a white flash.
(() => {
  let theme = 'system';
  try {
    theme = localStorage.getItem('orrery.theme') || theme;
  } catch {
    // Storage may be closed to this page: the theme follows the system.
  }
  if (theme === 'system')
    theme = matchMedia('(prefers-contrast: more)').matches
      ? 'contrast'
      : matchMedia('(prefers-color-scheme: dark)').matches
        ? 'dark'
        : 'light';
  document.documentElement.dataset.theme = theme;
})();
