/* Files in a form: each is sent as soon as it is chosen, dropped, pasted or photographed, and stands in
   the form as a ticked line. Without this script they travel with the form. */
const CLIPBOARD_NAME = () => `${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}.png`;

class Files {
  constructor(box) {
    this.box = box;
    this.form = box.closest("form");
    this.list = box.querySelector("[data-file-list]");
    this.said = box.querySelector("[data-file-said]");
    this.sending = 0;
    box.classList.add("scripted");
    for (const input of box.querySelectorAll("[data-file-input]")) {
      input.addEventListener("change", () => {
        this.take([...input.files]);
        input.value = "";
      });
    }
    box.querySelector("[data-file-hint]").hidden = matchMedia("(pointer: coarse)").matches;
    box.querySelector("[data-file-camera]").hidden = !matchMedia("(pointer: coarse)").matches;
    const drop = box.querySelector("[data-file-drop]");
    drop.addEventListener("dragover", (event) => this.over(event, drop, true));
    drop.addEventListener("dragleave", (event) => this.over(event, drop, false));
    drop.addEventListener("drop", (event) => {
      this.over(event, drop, false);
      this.take([...event.dataTransfer.files]);
    });
    this.form.addEventListener("submit", (event) => this.hold(event), true);
  }

  over(event, drop, on) {
    event.preventDefault();
    drop.classList.toggle("over", on);
  }

  /* Sent while files are under way: wait for them, then send. */
  hold(event) {
    if (!this.sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.waiting = event.submitter ?? true;
    this.said.textContent = this.box.dataset.wordWait;
  }

  async take(files) {
    this.said.textContent = "";
    for (const file of files) await this.send(file);
    if (this.waiting && !this.sending) {
      const button = this.waiting;
      this.waiting = null;
      this.form.requestSubmit(button === true ? undefined : button);
    }
  }

  send(file) {
    const line = document.createElement("li");
    const bar = document.createElement("progress");
    const words = this.box.dataset.wordSending.replace("{name}", file.name || "");
    line.className = "file-line";
    bar.max = 1;
    bar.setAttribute("aria-label", words);
    line.append(bar, words);
    this.list.append(line);
    this.sending += 1;
    return new Promise((done) => {
      const ask = new XMLHttpRequest();
      const body = new FormData();
      body.append("file", file, file.name || CLIPBOARD_NAME());
      body.append("field", this.box.dataset.files);
      ask.open("POST", this.box.dataset.url);
      ask.setRequestHeader("X-Requested-With", "fetch");
      ask.setRequestHeader("X-CSRFToken", this.form.querySelector("[name=csrfmiddlewaretoken]").value);
      ask.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = event.loaded / event.total;
      });
      ask.addEventListener("loadend", () => {
        this.sending -= 1;
        this.answered(ask, line);
        done();
      });
      ask.send(body);
    });
  }

  answered(ask, line) {
    if (ask.status === 201) {
      line.outerHTML = ask.responseText;
      this.form.dispatchEvent(new Event("change", { bubbles: true })); // the draft is saved with it
      return;
    }
    const words = this.box.dataset;
    const problem = { 401: words.wordSignedOut, 422: ask.responseText }[ask.status];
    const said = document.createElement("span");
    said.setAttribute("role", "alert");
    said.textContent = problem ?? words.wordFailed;
    line.replaceChildren(said);
    line.classList.add("refused");
  }
}

const boxes = [...document.querySelectorAll("[data-files]")].map((box) => new Files(box));

/* A picture pasted anywhere goes into the first place for files, unless text is being pasted. */
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!boxes.length || !files.length) return;
  event.preventDefault();
  boxes[0].take(files);
});
