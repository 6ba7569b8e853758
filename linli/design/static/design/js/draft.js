/* Autosave: a form with data-draft-url is sent there one second after the last key, and says so.
   The answer may be JSON {"draft": id, "url": next draft url}; 401, 403 or a redirect to the sign-in page
   means signed out: what was typed stays on the page and is sent again on the next key. */
const WAIT = 1000;
const TRY_AGAIN = [3000, 10000, 30000];

const clockText = () =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" }).format(new Date());

class Draft {
  constructor(form) {
    this.form = form;
    this.unsaved = false;
    this.failures = 0;
    this.sending = null;
    this.timer = 0;
    this.line = form.querySelector("[data-draft-state]") ?? document.querySelector(`[data-draft-state][form="${form.id}"]`);
    form.addEventListener("input", (event) => this.touched(event));
    form.addEventListener("change", (event) => this.touched(event));
    form.addEventListener("submit", (event) => this.sent(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.unsaved && this.save());
    window.addEventListener("beforeunload", (event) => this.unsaved && event.preventDefault());
  }

  say(state) {
    if (!this.line) return;
    const word = this.line.dataset[`word${state.replace(/(^|-)(\w)/g, (_all, _dash, letter) => letter.toUpperCase())}`] ?? "";
    this.line.dataset.state = state;
    this.line.textContent = word.replace("{time}", clockText());
  }

  touched(event) {
    if (event.target.type === "file" || event.target.closest("[data-no-draft]")) return;
    if (!this.unsaved) this.say("typing");
    this.unsaved = true;
    this.later(WAIT);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  sent(event) {
    if (event.defaultPrevented) return;
    this.unsaved = false;
    clearTimeout(this.timer);
    this.sending?.abort();
  }

  body() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    for (const field of this.form.querySelectorAll("[data-no-draft] [name], [data-no-draft][name]")) data.delete(field.name);
    return data;
  }

  async save() {
    clearTimeout(this.timer);
    if (!this.unsaved || this.form.dataset.sent) return;
    this.sending?.abort();
    const sending = (this.sending = new AbortController());
    this.unsaved = false;
    this.say("saving");
    try {
      const answer = await fetch(this.form.dataset.draftUrl, {
        method: "POST",
        body: this.body(),
        headers: { Accept: "application/json", "X-Requested-With": "fetch" },
        redirect: "manual",
        signal: sending.signal,
      });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return this.failed("signed-out");
      if (!answer.ok) return this.failed("failed");
      await this.saved(answer);
    } catch (error) {
      if (error.name !== "AbortError") this.failed("failed");
    }
  }

  async saved(answer) {
    this.failures = 0;
    if (answer.headers.get("Content-Type")?.includes("json")) {
      const said = await answer.json();
      // A reload comes back to the draft.
      if (said.page) history.replaceState(history.state, "", said.page);
      if (said.url) this.form.dataset.draftUrl = said.url;
      const holder = this.form.querySelector("input[name=draft]");
      if (said.draft && holder) holder.value = said.draft;
    }
    if (!this.unsaved) this.say("saved");
  }

  failed(state) {
    this.unsaved = true;
    this.say(state);
    this.later(TRY_AGAIN[Math.min(this.failures++, TRY_AGAIN.length - 1)]);
  }
}

export function startDrafts(root = document) {
  for (const form of root.querySelectorAll("form[data-draft-url]")) {
    if (form.dataset.draftOn) continue;
    form.dataset.draftOn = "yes";
    new Draft(form);
  }
}
