// Adds up a budget while one writes: inputs marked data-amount into the output marked data-total.
// Mark a pair with the same value (data-amount="cost", data-total="cost"). The server adds up again.
const NARROW = "\u202f";

function kroner(text) {
  const clean = text.replace(/[\s\u202f\u00a0]/g, "").replace(",", ".");
  const value = Number(clean);
  return Number.isFinite(value) ? value : 0;
}

function written(value) {
  const [whole, rest] = Math.abs(value).toFixed(2).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, NARROW);
  return (value < 0 ? "\u2212" : "") + grouped + (rest === "00" ? "" : "," + rest) + "\u00a0kr";
}

export function start(table) {
  const add = () => {
    for (const total of table.querySelectorAll("[data-total]")) {
      const inputs = table.querySelectorAll(`input[data-amount="${CSS.escape(total.dataset.total)}"]`);
      total.textContent = written([...inputs].reduce((sum, input) => sum + kroner(input.value), 0));
    }
  };
  table.addEventListener("input", add);
  add();
}
