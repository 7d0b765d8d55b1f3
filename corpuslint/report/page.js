"use strict";
// Filters and pages of the findings, pages of the clusters, copying, dark and light. Every text of the corpus comes in
// as data and goes out through text nodes; only elements and attributes of these lists are ever made.
(() => {
  const TAGS = new Set(("a abbr article bdi blockquote button caption code dd del details div dl dt figcaption figure " +
    "h2 h3 h4 ins li mark ol option p section small span strong summary table tbody td th thead tr ul").split(" "));
  const ATTRIBUTES = new Set(("class dir lang open role scope tabindex title aria-label aria-hidden colspan").split(" "));
  const PAGE = { findings: 50, clusters: 10 };
  const KEPT_BLOCKS = 12; // unpacked blocks that stay in memory
  const byId = (id) => document.getElementById(id);

  function build(tree) {
    if (typeof tree === "string") return document.createTextNode(tree);
    const [tag, attributes, ...children] = tree;
    if (!TAGS.has(tag)) return document.createTextNode("");
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
    }
    if (tag === "button") made.type = "button";
    for (const child of children) made.append(build(child));
    return made;
  }

  function textOf(tree, into) {
    if (typeof tree === "string") into.push(tree);
    else for (let at = 2; at < tree.length; at++) textOf(tree[at], into);
    return into;
  }

  async function unpack(id) {
    const source = byId(id);
    if (source.type === "application/json") return JSON.parse(source.textContent);
    const packed = atob(source.textContent.trim());
    const bytes = new Uint8Array(packed.length);
    for (let at = 0; at < packed.length; at++) bytes[at] = packed.charCodeAt(at);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  class Blocks {
    constructor(name, size) {
      this.name = name;
      this.size = size;
      this.kept = new Map();
    }
    async block(number) {
      let found = this.kept.get(number);
      if (!found) found = await unpack(`${this.name}-${number}`);
      this.kept.delete(number);
      this.kept.set(number, found);
      if (this.kept.size > KEPT_BLOCKS) this.kept.delete(this.kept.keys().next().value);
      return found;
    }
    async item(number) {
      return (await this.block(Math.floor(number / this.size)))[number % this.size];
    }
  }

  const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

  class Pages {
    constructor(kind, noun, blocks) {
      this.blocks = blocks;
      this.noun = noun;
      this.page = PAGE[kind];
      this.list = byId(`${noun}-list`);
      this.bar = byId(`${noun}-pages`);
      this.turn = 0;
      this.bar.replaceChildren(
        this.button("First", () => 0),
        this.button("Previous", () => this.at - 1),
        (this.where = document.createElement("span")),
        this.button("Next", () => this.at + 1),
        this.button("Last", () => this.last()),
      );
    }
    button(label, target) {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = label;
      made.setAttribute("aria-label", `${label} page of ${this.noun}s`);
      made.addEventListener("click", async () => {
        await this.show(this.numbers, target());
        this.list.scrollIntoView({ block: "start" });
        this.list.focus({ preventScroll: true });
      });
      made.target = target;
      return made;
    }
    last() {
      return Math.max(0, Math.ceil(this.numbers.length / this.page) - 1);
    }
    async show(numbers, at) {
      const turn = ++this.turn;
      this.numbers = numbers;
      this.at = Math.min(Math.max(0, at), this.last());
      const items = [];
      for (const number of numbers.slice(this.at * this.page, (this.at + 1) * this.page)) {
        items.push(build(await this.blocks.item(number)));
        if (turn !== this.turn) return;
      }
      this.list.replaceChildren(...items);
      this.list.tabIndex = -1;
      this.where.textContent = `page ${(this.at + 1).toLocaleString("en")} of ${(this.last() + 1).toLocaleString("en")}`;
      this.bar.hidden = this.last() === 0;
      for (const made of this.bar.querySelectorAll("button")) {
        const target = made.target();
        made.disabled = target === this.at || target < 0 || target > this.last();
      }
    }
  }

  class Filters {
    constructor(index, pages) {
      this.index = index;
      this.pages = pages;
      this.form = byId("filters");
      this.count = byId("count");
      this.turn = 0;
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("reset", () => setTimeout(() => this.apply(), 0));
      this.form.addEventListener("change", (event) => event.target.name !== "text" && this.apply());
      this.form.addEventListener("input", (event) => {
        if (event.target.name !== "text") return;
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.apply(), 250);
      });
    }
    fields() {
      return [...this.form.elements].filter((field) => field.name);
    }
    read() {
      const words = new URLSearchParams(location.hash.replace(/^#/, ""));
      if (!words.has("filter")) return;
      for (const field of this.fields()) {
        const wanted = words.get(field.name) ?? "";
        const values = this.index.values[field.name];
        field.value = values ? (wanted && values.includes(wanted) ? String(values.indexOf(wanted)) : "") : wanted;
      }
    }
    remember() {
      const words = new URLSearchParams();
      for (const field of this.fields()) {
        const values = this.index.values[field.name];
        if (field.value !== "") words.set(field.name, values ? values[Number(field.value)] : field.value);
      }
      const any = words.toString();
      try {
        history.replaceState(null, "", any ? `#filter=&${any}` : location.pathname + location.search);
      } catch { /* a browser that forbids it only loses the link */ }
    }
    async apply() {
      const turn = ++this.turn;
      const wanted = this.fields().filter((field) => field.value !== "" && field.name !== "text")
        .map((field) => this.test(field.name, Number(field.value)));
      let numbers = [];
      for (let number = 0; number < this.index.findings.count; number++) {
        if (wanted.every((test) => test(number))) numbers.push(number);
      }
      const text = this.form.elements.text.value.trim().toLocaleLowerCase();
      if (text) numbers = await this.search(numbers, text, turn);
      if (turn !== this.turn) return;
      this.remember();
      this.count.textContent = numbers.length === this.index.findings.count
        ? `${plural(numbers.length, "finding")}`
        : `${plural(numbers.length, "finding")} of ${this.index.findings.count.toLocaleString("en")} match`;
      await this.pages.show(numbers, 0);
    }
    test(name, value) {
      const column = this.index.columns[name];
      if (name !== "folder") return (number) => column[number] === value;
      const values = this.index.values.folder;
      const below = new Set(values.keys());
      for (const [place, folder] of values.entries()) {
        if (place !== value && !folder.startsWith(values[value] + "/")) below.delete(place);
      }
      return (number) => below.has(column[number]);
    }
    async search(numbers, text, turn) {
      const { size } = this.pages.blocks;
      const found = [];
      let rested = performance.now();
      for (let at = 0; at < numbers.length;) {
        const block = Math.floor(numbers[at] / size);
        const trees = await this.pages.blocks.block(block);
        if (turn !== this.turn) return [];
        for (; at < numbers.length && Math.floor(numbers[at] / size) === block; at++) {
          const tree = trees[numbers[at] % size];
          if (textOf(tree, []).join("").toLocaleLowerCase().includes(text)) found.push(numbers[at]);
        }
        if (performance.now() - rested > 40) {
          this.count.textContent = `Searching: ${Math.floor(100 * at / numbers.length)}%`;
          await new Promise((next) => setTimeout(next, 0));
          rested = performance.now();
        }
      }
      return found;
    }
  }

  function copying() {
    document.addEventListener("click", async (event) => {
      const button = event.target.closest("button.copy");
      if (!button) return;
      const code = button.parentElement.querySelector("code");
      let done = true;
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        getSelection().selectAllChildren(code);
        done = document.execCommand("copy");
      }
      byId("said").textContent = done ? "Copied" : "Selected";
      button.textContent = done ? "Copied" : "Selected";
      setTimeout(() => { button.textContent = "Copy"; byId("said").textContent = ""; }, 1500);
    });
  }

  function themes() {
    byId("theme").addEventListener("click", () => {
      const root = document.documentElement;
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
    });
  }

  async function start() {
    copying();
    themes();
    if (typeof DecompressionStream === "undefined" && byId("index").type !== "application/json") return;
    const index = await unpack("index");
    document.documentElement.classList.add("scripted");
    const all = (count) => Array.from({ length: count }, (_, number) => number);
    if (index.findings.count && byId("filters")) {
      const pages = new Pages("findings", "finding", new Blocks("findings", index.findings.block));
      const filters = new Filters(index, pages);
      const linked = location.hash.startsWith("#filter=");
      filters.read();
      const follow = async () => {
        if (!location.hash.startsWith("#filter=")) return;
        filters.read();
        await filters.apply();
        byId("findings").scrollIntoView();
      };
      addEventListener("hashchange", follow);
      await filters.apply();
      if (linked) byId("findings").scrollIntoView();
    }
    if (index.clusters.count && byId("cluster-list")) {
      const pages = new Pages("clusters", "cluster", new Blocks("clusters", index.clusters.block));
      await pages.show(all(index.clusters.count), 0);
    }
    document.documentElement.dataset.ready = "yes";
  }

  start();
})();
