/** Registers the service worker, and tells when a newer version waits. */
import { base } from '$app/paths';
import { dev } from '$app/environment';

const RELOADED_KEY = 'orrery.isolation-reload';

class Offline {
  /** A newer version is there and takes over at the next reload. */
  waiting = $state.raw<ServiceWorker | undefined>(undefined);

  async register(): Promise<void> {
    if (dev || !('serviceWorker' in navigator)) return;
    try {
      const registration = await navigator.serviceWorker.register(`${base}/service-worker.js`, { type: 'module' });
      const note = () => {
        if (registration.waiting && navigator.serviceWorker.controller) this.waiting = registration.waiting;
      };
      note();
      registration.addEventListener('updatefound', () =>
        registration.installing?.addEventListener('statechange', note),
      );
      if (!crossOriginIsolated) await this.reloadOnce();
    } catch {
      // Private mode or a host without https: everything works, only not offline.
    }
  }

  /** Lets the newer version take over. */
  update(): void {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
    this.waiting?.postMessage('take-over');
  }

  /** On a host that sends no headers, isolation begins with the first answer of the service worker: one reload a session. */
  private async reloadOnce(): Promise<void> {
    if (sessionStorage.getItem(RELOADED_KEY) !== null) return;
    await navigator.serviceWorker.ready;
    sessionStorage.setItem(RELOADED_KEY, 'yes');
    location.reload();
  }
}

export const offline = new Offline();
