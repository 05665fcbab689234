// The form of the assistant: what to ask, what would be sent, what it may cost.

import { button, element } from "./assistant-element.js";

export class Ask {
  /** `actions` as the server offers them; `onAsked(suggestion)` gets each new suggestion. */
  constructor({ actions, urls, wire, onAsked }) {
    Object.assign(this, { urls, wire, onAsked });
    this.actions = new Map(actions.map((action) => [action.name, action]));
    this.box = element("div");
    this.choice = element("select", { id: "assistant-action" });
    this.options = element("div");
    this.prompt = element("details", { className: "assistant-prompt", hidden: true });
    this.status = element("p", { className: "meta" });
    this.status.setAttribute("role", "status");
    this.choice.append(...groups(actions));
    this.choice.addEventListener("change", () => this.#chosen());
    const label = element("label", { htmlFor: this.choice.id, textContent: "What to suggest" });
    const buttons = element("div", { className: "assistant-buttons" });
    this.go = button("Ask", () => this.#send(this.urls.ask, (found) => this.onAsked(found)));
    this.look = button("Show what is sent", () => this.#preview(), "second");
    buttons.append(this.go, this.look);
    this.box.append(label, this.choice, this.options, buttons, this.status, this.prompt);
    this.#chosen();
  }

  #chosen() {
    const { options, unavailable } = this.actions.get(this.choice.value);
    this.options.replaceChildren(...options.flatMap(field));
    this.prompt.hidden = true;
    this.status.textContent = "";
    this.go.disabled = this.look.disabled = Boolean(unavailable);
  }

  #preview() {
    return this.#send(this.urls.preview, (found) => {
      const cost = `${found.cost}, about ${found.input_tokens} tokens to ${found.model}`;
      const summary = element("summary", { textContent: `What is sent: ${cost}` });
      const texts = found.messages.map(({ role, text }) => {
        const shown = element("pre", { textContent: `${role}\n\n${text}`, tabIndex: 0 });
        shown.setAttribute("role", "region");
        shown.setAttribute("aria-label", `Message of the ${role}`);
        return shown;
      });
      const hidden = found.hidden.map((what) =>
        element("p", { className: "fault", textContent: `Not visible to people: ${what}` }),
      );
      this.prompt.replaceChildren(summary, ...hidden, ...texts);
      this.prompt.hidden = false;
      this.prompt.open = true;
    });
  }

  async #send(url, done) {
    const fields = { action: this.choice.value };
    for (const one of this.options.querySelectorAll("[name]")) fields[one.name] = one.value;
    this.status.textContent = "";
    this.go.disabled = true;
    try {
      done(await this.wire.post(url, fields, { withText: true }));
    } catch (error) {
      this.status.textContent = error.message;
    } finally {
      this.go.disabled = false;
    }
  }
}

/** The actions by the stage that they belong to. */
function groups(actions) {
  const stages = Map.groupBy?.(actions, stageOf) ?? grouped(actions);
  return [...stages].map(([stage, some]) => {
    const group = element("optgroup", { label: stage });
    group.append(...some.map(({ name, title }) => element("option", { value: name, textContent: title })));
    return group;
  });
}

function grouped(actions) {
  const stages = new Map();
  for (const action of actions) {
    const stage = stageOf(action);
    stages.set(stage, [...(stages.get(stage) ?? []), action]);
  }
  return stages;
}

function stageOf({ stage_id: stage }) {
  const name = (stage ?? "").split(".")[0] || "any time";
  return name[0].toUpperCase() + name.slice(1);
}

function field({ name, title, default: usual }) {
  const isLong = usual.includes("\n");
  const id = `assistant-${name}`;
  const input = element(isLong ? "textarea" : "input", { id, name: `option_${name}`, value: usual });
  if (isLong) input.className = "field";
  return [element("label", { htmlFor: id, textContent: title }), input];
}
