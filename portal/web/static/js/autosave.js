// Sends the same form to the same address while one writes, and tells when it was last saved.
// The answer is JSON: {"saved": "14.05", "version": 7}, where version is optional.
const PAUSE = 1500;

export function start(form) {
  const status = form.querySelector("[data-saved]");
  let timer;
  let sending = false;
  let again = false;

  const tell = (text, state) => {
    if (!status) return;
    status.textContent = text;
    status.dataset.state = state;
  };

  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) {
      if (value instanceof File) data.delete(name);
    }
    return data;
  };

  const save = async () => {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    try {
      const response = await fetch(form.action, {
        method: "POST", body: body(), headers: { "X-Autosave": "1" }, redirect: "error",
      });
      if (!response.ok) throw new Error(response.status);
      const answer = await response.json();
      const version = form.elements.namedItem("version");
      if (version && answer.version !== undefined) version.value = answer.version;
      tell((status?.dataset.text ?? "{clock}").replace("{clock}", answer.saved), "saved");
    } catch {
      tell(status?.dataset.failed ?? "", "failed");
    }
    sending = false;
    if (again) {
      again = false;
      save();
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}
