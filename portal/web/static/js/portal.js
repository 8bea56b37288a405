// Smooths what already works as plain pages; loads only the parts a page asks for.
const parts = {
  "[data-focus]": "./focus.js",
  "form[data-autosave]": "./autosave.js",
  "[data-refresh-url]": "./refresh.js",
  "table[data-sum]": "./sums.js",
  "details.menu": "./menu.js",
};

for (const [selector, module] of Object.entries(parts)) {
  const found = document.querySelectorAll(selector);
  if (found.length) {
    import(module).then(({ start }) => found.forEach(start));
  }
}
