// Requests of the assistant, in the name of whoever is signed in in the editor's form.

export class Wire {
  constructor(form) {
    this.form = form;
  }

  /** The data of an address. */
  get(url) {
    return this.#answered(fetch(url, { cache: "no-store", redirect: "manual" }));
  }

  /** Send fields; with `withText` also what stands in the form. */
  post(url, fields = {}, { withText = false } = {}) {
    const body = withText ? new FormData(this.form) : new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const token = this.form.querySelector('input[name="form_token"]').value;
    return this.#answered(
      fetch(url, { method: "POST", body, headers: { "X-Form-Token": token }, redirect: "manual" }),
    );
  }

  async #answered(request) {
    let answer;
    try {
      answer = await request;
    } catch {
      throw new Error("The server can't be reached. Your text is not touched; try again.");
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      throw new Error("You are signed out. Save the post to sign in again; your text is kept.");
    }
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const data = isJson ? await answer.json() : {};
    if (!answer.ok) throw new Error(told(data) || `The server answered ${answer.status}.`);
    return data;
  }
}

function told({ message = "", errors = [] }) {
  const faults = errors.map(({ field, message: what }) => `${field}: ${what}`).join("; ");
  return faults || message;
}
