// A suggestion: its text as it comes, then its pieces, and what it cost.

import { button, element } from "./assistant-element.js";
import { follow } from "./assistant-follow.js";
import { pieceItem } from "./assistant-piece.js";

export class Suggestion {
  constructor(data, { wire, fields, onAgain }) {
    Object.assign(this, { data, wire, fields, onAgain });
    this.box = element("article", { className: "suggestion" });
    this.box.setAttribute("aria-label", data.title);
    this.status = element("p", { className: "meta" });
    this.status.setAttribute("role", "status");
    this.show();
    if (data.state === "running") this.follow();
  }

  follow() {
    follow(this.data.urls, this.wire, {
      onText: (more) => {
        this.coming.textContent += more;
        this.coming.scrollTop = this.coming.scrollHeight;
      },
      onEnd: () => this.#try(() => this.wire.get(this.data.urls.suggestion)),
    });
  }

  show() {
    const { data } = this;
    const heading = element("h3", { textContent: data.title });
    const rest = data.state === "running" ? this.#running() : this.#ended();
    this.status.textContent = data.message || SAID[data.state](data);
    this.box.replaceChildren(heading, this.status, ...rest);
    this.box.dataset.state = data.state;
  }

  #running() {
    this.coming = element("div", { className: "assistant-coming", tabIndex: 0 });
    this.coming.setAttribute("role", "region");
    this.coming.setAttribute("aria-label", `${this.data.title}: the answer as it comes`);
    const stop = button("Stop", () => this.#try(() => this.wire.post(this.data.urls.stop)), "second");
    return [this.coming, buttonsOf(stop)];
  }

  #ended() {
    const { data } = this;
    const isDecided = data.state !== "ready";
    const list = element("ol");
    const decide = (number, verdict) => this.#decide({ [`piece_${number}`]: verdict });
    list.append(...data.pieces.map((piece) => pieceItem(piece, { isDecided, decide })));
    const parts = [list];
    const open = data.pieces.filter((piece) => piece.state === "open" && !piece.is_remark);
    const buttons = [];
    if (!isDecided && open.length) {
      if (data.mode !== "choice") {
        buttons.push(button("Accept the rest", () => this.#decideAll(open, "accepted")));
      }
      buttons.push(button("Refuse the rest", () => this.#decideAll(open, "refused"), "second"));
    }
    if (data.state !== "running") {
      buttons.push(button("Ask for another", () => this.#another(), "plain"));
    }
    parts.push(buttonsOf(...buttons));
    const cost = paid(data.provenance);
    if (cost) parts.push(element("p", { className: "meta provenance", textContent: cost }));
    return parts;
  }

  #decideAll(pieces, verdict) {
    this.#decide(Object.fromEntries(pieces.map(({ number }) => [`piece_${number}`, verdict])));
  }

  #decide(verdicts) {
    const { field, urls, version } = this.data;
    const text = this.fields.read(field);
    return this.#try(async () => {
      const decided = await this.wire.post(urls.decide, { ...verdicts, text, version });
      if (decided.text !== text) this.fields.write(field, decided.text);
      return decided;
    });
  }

  async #another() {
    try {
      this.onAgain(await this.wire.post(this.data.urls.again));
    } catch (error) {
      this.status.textContent = error.message;
    }
  }

  async #try(change) {
    try {
      this.data = { ...this.data, ...(await change()) };
      this.show();
    } catch (error) {
      this.status.textContent = error.message;
    }
  }
}

const SAID = {
  running: () => "The answer is coming …",
  ready: ({ pieces }) => {
    const open = pieces.filter((piece) => !piece.is_remark).length;
    if (!pieces.length) return "Nothing to change.";
    return open ? "Nothing is changed before you accept it." : "Remarks only; nothing to accept.";
  },
  decided: () => "Decided. Save the post to keep what you accepted.",
  failed: () => "It failed. The text was not changed.",
  stopped: () => "Stopped. The text was not changed.",
};

function buttonsOf(...buttons) {
  const row = element("div", { className: "assistant-buttons" });
  row.append(...buttons);
  return row;
}

const HOW = { cached: "from the cache, nothing paid", joined: "with somebody who asked the same" };

function paid({ model, prompt, how, cost, input_tokens: sent, output_tokens: got }) {
  const counts = sent === undefined ? "" : `${sent} tokens sent, ${got} received`;
  const parts = [model, prompt && `prompt ${prompt}`, HOW[how] ?? cost, counts];
  return parts.filter(Boolean).join(" · ");
}
