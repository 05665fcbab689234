// What was typed, kept in this browser at every keystroke: it outlives the tab, the server and the
// sign-in. Each open page writes an entry of its own, so two tabs never overwrite each other.

const PREFIX = "blog-text";

export class Journal {
  /** `place` is the address of the form, so that two blogs on one host keep apart. */
  constructor(account, place) {
    this.prefix = `${PREFIX} ${account} ${place} `;
    this.key = `${this.prefix}${Date.now()}-${Math.random().toString(36).slice(2)}`;
    this.holdOpen();
  }

  /** Keep a text; `isSafe` says that the server has it too. False when the browser refuses. */
  keep(text, isSafe) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ text, isSafe, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  }

  /** The text goes to the server now with the form; its answer is the next page. */
  sent(text) {
    sessionStorage.setItem(PREFIX, JSON.stringify({ key: this.key, text }));
  }

  /** The server has acknowledged the form that was sent: its entry is not needed any more. */
  acknowledged() {
    const { key, text } = JSON.parse(sessionStorage.getItem(PREFIX) ?? "{}");
    sessionStorage.removeItem(PREFIX);
    const entry = key && readEntry(key);
    if (entry && JSON.stringify(entry.text) === JSON.stringify(text)) this.drop(key);
  }

  /** Entries that closed pages of this post left behind, the newest first. */
  async left() {
    const open = await this.openKeys();
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(this.prefix) && key !== this.key && !open.has(key))
      .map((key) => ({ key, ...readEntry(key) }))
      .filter((entry) => entry.text)
      .sort((one, other) => other.at - one.at);
  }

  drop(key = this.key) {
    localStorage.removeItem(key);
  }

  /** An open page holds a lock called like its entry; the browser frees it when the page ends. */
  holdOpen() {
    navigator.locks?.request(this.key, () => new Promise(() => {}));
  }

  async openKeys() {
    const held = (await navigator.locks?.query())?.held ?? [];
    return new Set(held.map((lock) => lock.name));
  }
}

function readEntry(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
