// Builds portal/web/static from Designsystemet, our own theme and styles, Inter and Aksel's icons.
// Run `npm ci && npm run build` in this folder and commit what it writes. No network is used.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transform } from "lightningcss";
import subsetFont from "subset-font";
import { optimize } from "svgo";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (path) => readFileSync(here(path), "utf8");
const out = (path) => here(`../portal/web/static/${path}`);

const BASE = ["base", "heading", "label", "validation-message"];
const COMPONENTS = [
  "link", "button", "alert", "skip-link", "details", "list", "tag", "error-summary", "breadcrumbs", "card",
  "table", "input", "field", "fieldset",
];
const OWN = ["frame", "components", "forms", "pages", "print"];

// The name the portal knows an icon by, and Aksel's.
const ICONS = {
  "arrow-right": "ArrowRight", attach: "Paperclip", bell: "Bell", building: "Buildings3",
  calendar: "Calendar", check: "Checkmark", "check-circle": "CheckmarkCircle",
  "chevron-right": "ChevronRight", clock: "Clock", close: "XMark", download: "Download",
  edit: "Pencil", external: "ExternalLink", file: "File", "file-pdf": "FilePdf", globe: "Globe",
  home: "House", inbox: "Inbox", info: "InformationSquare", letter: "EnvelopeClosed",
  lock: "PadlockLocked", menu: "MenuHamburger", people: "PersonGroup", person: "Person", plus: "Plus",
  print: "PrinterSmall", question: "QuestionmarkDiamond", refresh: "ArrowsCirclepath",
  search: "MagnifyingGlass", send: "Paperplane", shield: "ShieldLock", tasks: "Tasklist",
  trash: "Trash", upload: "Upload", warning: "ExclamationmarkTriangle", handshake: "Handshake",
};

function theme() {
  const cli = here("node_modules/@digdir/designsystemet/dist/bin/designsystemet.js");
  const run = (...args) => execFileSync(process.execPath, [cli, "tokens", ...args], { cwd: here(".") });
  run("create", "--clean", "true");
  run("build", "-t", ".build/tokens", "-o", ".build/theme", "--clean", "true");
  return read(".build/theme/portal.css").replace('@charset "UTF-8";', "");
}

function withoutUnusedProperties(css) {
  for (;;) {
    const used = new Set([...css.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]));
    const before = css.length;
    const { code } = transform({
      filename: "portal.css", code: Buffer.from(css), minify: true,
      visitor: {
        Declaration: {
          custom: (property) =>
            property.name.startsWith("--") && !used.has(property.name) ? [] : undefined,
        },
      },
    });
    css = code.toString();
    if (css.length >= before) return css;
  }
}

const designsystemet = (name) => `node_modules/@digdir/designsystemet-css/dist/src/${name}.css`;
const layer = (name, path) => `@layer ${name} {\n${read(path)}\n}`;

function stylesheet() {
  const parts = [
    "@layer reset, ds.theme, ds.base, ds.components, portal;",
    layer("reset", "src/reset.css"),
    theme(),
    ...BASE.map((name) => layer("ds.base", designsystemet(name))),
    ...COMPONENTS.map((name) => layer("ds.components", designsystemet(name))),
    ...OWN.map((name) => layer("portal", `src/${name}.css`)),
    read("src/font.css"),
  ];
  writeFileSync(out("portal.css"), withoutUnusedProperties(parts.join("\n")));
}

async function font() {
  // Latin with Norwegian and the Sámi languages' letters, punctuation, arrows and minus.
  const ranges = [[0x20, 0x7e], [0xa0, 0x17f], [0x1e0, 0x1ef], [0x2010, 0x2026], [0x202f, 0x2030],
    [0x2039, 0x203a], [0x20ac, 0x20ac], [0x2190, 0x2193], [0x2212, 0x2212], [0x2713, 0x2713]];
  const text = ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, step) => String.fromCodePoint(from + step))).join("");
  const whole = readFileSync(here("node_modules/inter-ui/variable/InterVariable.woff2"));
  const part = await subsetFont(whole, text, {
    targetFormat: "woff2", variationAxes: { wght: { min: 400, max: 700 }, opsz: 18 },
  });
  writeFileSync(out("fonts/inter.woff2"), part);
}

function icons() {
  const symbols = Object.entries(ICONS).map(([name, file]) => {
    const svg = read(`node_modules/@navikt/aksel-icons/dist/svg/${file}.svg`);
    const { data } = optimize(svg, { plugins: ["preset-default"] });
    const box = /viewBox="([^"]+)"/.exec(data)?.[1] ?? "0 0 24 24";
    return `<symbol id="${name}" viewBox="${box}">${data.replace(/^<svg[^>]*>|<\/svg>$/g, "")}</symbol>`;
  });
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">${symbols.join("")}</svg>`;
  writeFileSync(out("icons.svg"), sprite);
}

function licences() {
  const texts = [
    ["Designsystemet (stylesheet)", "node_modules/@digdir/designsystemet-css/LICENSE"],
    ["Inter (typeface)", "node_modules/inter-ui/LICENSE.txt"],
    ["Aksel icons", "licences/aksel.txt"],
  ];
  writeFileSync(out("licences.txt"), texts.map(([name, path]) => `${name}\n\n${read(path)}`).join("\n\n---\n\n"));
}

mkdirSync(out("fonts"), { recursive: true });
stylesheet();
await font();
icons();
licences();
rmSync(here(".build"), { recursive: true });
