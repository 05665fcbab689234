// Requests of the editor, and whether whoever is signed in is still the one who writes.

const TIMEOUT_MS = 15_000;

export class Session {
  constructor(form) {
    this.form = form;
    this.token = form.querySelector('input[name="form_token"]');
  }

  /** Send the form as it stands, with some fields added, to an address of ours. */
  send(url, extra = {}) {
    const body = new FormData(this.form);
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    return fetch(url, {
      method: "POST",
      body,
      headers: { "X-Form-Token": this.token.value },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  /** Take a new form token: "ok", "out" (signed out), "other" (somebody else), "away" (no server). */
  async renew() {
    try {
      const answer = await fetch(this.form.dataset.tokenUrl, {
        redirect: "manual",
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) return "out";
      if (!answer.ok) return "away";
      const { form_token: token, account } = await answer.json();
      const { account: writer } = this.form.dataset; // empty: the page was made for nobody
      if (writer && String(account) !== writer) return "other";
      this.token.value = token;
      return "ok";
    } catch {
      return "away";
    }
  }
}
