// Keeps what is typed on the server as the editor's working copy: one request at a time, each on
// condition of the copy's version. Whatever fails, the text is in the journal and is sent again.

import { read, same } from "./editor-text.js";

const DELAY_MS = 800;
const ONLY_HERE = "Kept in this browser only";
const LONGEST_DELAY_MS = 20_000;

export class Autosave {
  /** `kept(text)` is called once the server has a text; `say(text, link)` tells the editor. */
  constructor(form, session, { kept, say }) {
    Object.assign(this, { form, session, kept, say });
    this.url = form.dataset.copyUrl;
    this.unanswered = [];
    this.failures = 0;
    this.isDirty = this.isStopped = false;
    this.told = "";
    for (const name of ["online", "focus"]) addEventListener(name, () => this.again());
    document.addEventListener("visibilitychange", () => this.again());
  }

  /** Something was typed. */
  touched() {
    this.isDirty = true;
    this.plan(this.failures ? this.delay() : DELAY_MS);
  }

  /** Try at once what waits. */
  again() {
    if (this.isDirty) this.plan(0);
  }

  /** No more requests, once the one under way has its answer. */
  async end() {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.flight;
  }

  /** Go on after a save that was not possible: `told` is the trouble that the editor knows of. */
  go(told = "") {
    this.isStopped = false;
    this.told = told;
    this.again();
  }

  delay() {
    return Math.min(LONGEST_DELAY_MS, DELAY_MS * 2 ** this.failures);
  }

  plan(delay) {
    if (!this.url || this.isStopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), delay);
  }

  start() {
    if (this.flight || this.isStopped || !this.isDirty) return;
    this.flight = this.once().finally(() => {
      this.flight = null;
      if (this.isDirty) this.plan(this.failures ? this.delay() : DELAY_MS);
    });
  }

  async once() {
    const text = read(this.form);
    this.isDirty = false;
    try {
      const answer = await this.session.send(this.url);
      await this.answered(answer, text);
    } catch {
      this.unanswered.push(text);
      this.failed(
        "away",
        "The server can't be reached. Your text is kept in this browser and will be sent.",
      );
    }
  }

  async answered(answer, text) {
    if (answer.ok) return this.done(await answer.json(), text);
    if (answer.status === 412) return this.met(await answer.json());
    if ([401, 403].includes(answer.status)) return this.signedOut();
    if (answer.status === 422) return this.say(`${ONLY_HERE}: ${(await answer.json()).message}.`);
    if (answer.status === 413) return this.say(`${ONLY_HERE}: the text is too long.`);
    if (answer.status === 404) {
      this.isStopped = true;
      return this.say(`${ONLY_HERE}: the post is gone. Save makes a new one of this text.`);
    }
    return this.failed("ill", "The server can't keep it now. Your text is kept in this browser.");
  }

  done({ copy_version: copyVersion, version }, text) {
    this.failures = 0;
    this.told = "";
    this.unanswered = [];
    this.form.elements.copy_version.value = copyVersion;
    this.kept(text);
    const isOld = String(version) !== this.form.elements.version.value;
    this.say(
      isOld
        ? "Kept. Somebody saved this post meanwhile: when you save, you will see both texts."
        : "Everything you typed is kept on the server. Save makes a revision of it.",
    );
  }

  /** The copy moved on: by a request of ours whose answer was lost, or in another window. */
  met({ copy_version: copyVersion, text }) {
    const isOurs = this.unanswered.some((sent) => same(sent, text));
    if (isOurs || copyVersion === 0) {
      this.unanswered = [];
      this.form.elements.copy_version.value = copyVersion;
      this.isDirty = true;
      return;
    }
    this.isStopped = true;
    this.say(
      "Another window of yours keeps its text for this post. " +
        "This one is kept in this browser; Save makes a revision of it.",
    );
  }

  async signedOut() {
    const state = await this.session.renew();
    if (state === "ok") {
      this.isDirty = true;
      return;
    }
    const why = {
      away: "The server can't be reached",
      out: "You are signed out",
      other: "Somebody else is signed in now",
    };
    const link = { url: this.form.dataset.signInUrl, text: "Sign in in another window" };
    const text = `${why[state]}. Your text is kept in this browser.`;
    this.failed(state, text, state === "away" ? null : link);
  }

  /** Try again later; the same trouble is told once. */
  failed(trouble, text, link) {
    this.isDirty = true;
    this.failures += 1;
    if (this.told !== trouble) this.say(text, link);
    this.told = trouble;
  }
}
