/** The live region: what a step did, what was saved, what failed, for those who listen; and short notices for those who look. */

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
}

const NOTICE_MS = 6000;

class Announcer {
  /** Text of the polite live region. */
  said = $state('');
  notices = $state.raw<readonly Notice[]>([]);
  private next = 1;

  /** Speaks without showing anything. */
  say(text: string): void {
    this.said = text;
  }

  /** Shows and speaks. A bad notice stays until it is dismissed. */
  notify(text: string, tone: Notice['tone'] = 'plain'): void {
    const notice = { id: this.next++, text, tone };
    this.notices = [...this.notices.filter((other) => other.text !== text), notice];
    this.said = text;
    if (tone === 'plain') setTimeout(() => this.dismiss(notice.id), NOTICE_MS);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }
}

export const announcer = new Announcer();
