// Sends the same form to the same address while one writes, and tells when it was last saved.
// The answer is JSON: {"saved": "14.05", "version": 7, "sound": true}; all but the first are optional.
// 409: somebody else saved meanwhile; 401: the session is over. Then only a person's own press goes on,
// since that is what keeps what was typed.
const PAUSE = 1500;
const LONGEST = 5000;
const RETRY = 10000;

export function start(form) {
  const status = form.querySelector("[data-saved]");
  let timer;
  let since = 0;
  let sending = false;
  let stopped = false;

  const tell = (text, state) => {
    if (!status) return;
    status.textContent = text ?? "";
    status.dataset.state = state;
  };

  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) {
      if (value instanceof File) data.delete(name);
    }
    return data;
  };

  const plan = (wait) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => save(), wait);
  };

  const taken = (answer) => {
    const version = form.elements.namedItem("version");
    if (version && answer.version !== undefined) version.value = answer.version;
    if (answer.sound === false) tell(status?.dataset.unsound, "failed");
    else tell((status?.dataset.text ?? "{clock}").replace("{clock}", answer.saved), "saved");
  };

  const refused = (code) => {
    stopped = code === 409 || code === 401;
    const words = { 409: status?.dataset.conflict, 401: status?.dataset.out };
    tell(words[code] ?? status?.dataset.failed, "failed");
  };

  async function save(leaving = false) {
    if (sending || stopped) return;
    sending = true;
    const begun = since;
    let wait = 0;
    since = 0;
    try {
      const response = await fetch(form.action, {
        method: "POST", body: body(), headers: { "X-Autosave": "1" }, redirect: "error", keepalive: leaving,
      });
      if (!response.ok) throw new Error(response.status);
      taken(await response.json());
    } catch (error) {
      refused(Number(error.message) || 0);
      since ||= begun;
      wait = RETRY;
    }
    sending = false;
    if (since) plan(wait);
  }

  form.addEventListener("input", () => {
    since ||= Date.now();
    plan(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  });
  // What was typed in the last second goes along when one leaves or the phone is put away.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && since) save(true);
  });
  form.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(timer);
  });
}
