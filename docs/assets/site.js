// A manifest as a command: for a shell on a machine that has no browser to save a file with.
(() => {
  // Text as the input of a command; the word that ends it is not a line of the text.
  const heredoc = (command, text) => {
    const lines = text.replace(/\n+$/, "").split("\n");
    let end = "EOF";
    while (lines.includes(end)) end += "F";
    return `${command} <<'${end}'\n${lines.join("\n")}\n${end}\n`;
  };

  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // Plain HTTP has no clipboard.
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return undefined;
  };

  // The text is asked for at the click: the switch "I run Dynamo" may have changed it since.
  const button = (label, text) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", async () => {
      await copy(text());
      made.textContent = "Copied";
      setTimeout(() => { made.textContent = label; }, 2000);
    });
    return made;
  };

  for (const block of document.querySelectorAll(".highlight.file")) {
    const text = () => block.querySelector("code").textContent;
    const name = block.querySelector(".filename")?.textContent.trim();
    const bar = document.createElement("div");
    bar.className = "copy-as";
    if (/^apiVersion:/m.test(text())) bar.append(button("Copy as command: apply it", () => heredoc("kubectl apply -f -", text())));
    if (name) bar.append(button(`Copy as command: save ${name}`, () => heredoc(`cat >${name}`, text())));
    if (bar.children.length) block.after(bar);
  }

  for (const block of document.querySelectorAll(".highlight.skip[data-reason]")) {
    const reason = block.dataset.reason;
    const elsewhere = reason.match(/^run word for word on the page (.+)$/);
    const mark = document.createElement("span");
    mark.className = "skip-mark";
    mark.tabIndex = 0;
    mark.setAttribute("role", "note");
    mark.title = elsewhere ? `Shown here, ${reason}.` : `Not run by this site's tests: ${reason}.`;
    mark.setAttribute("aria-label", mark.title);
    mark.textContent = elsewhere ? `run in ${elsewhere[1]}` : "not run";
    block.style.position = "relative";
    block.append(mark);
  }
})();

// Troubleshooting: a box that leaves only the sections that say what a reader sees.
(() => {
  const holder = document.querySelector("[data-filter]");
  if (!holder) return;

  // The parts below the box: what is before the first heading, then each heading with what follows it.
  const parts = [{ nodes: [] }];
  for (let node = holder.nextElementSibling; node; node = node.nextElementSibling) {
    if (/^H[23]$/.test(node.tagName)) parts.push({ heading: node, nodes: [] });
    parts.at(-1).nodes.push(node);
  }
  const symptoms = parts.filter((part) => part.heading?.matches(holder.dataset.filter));
  for (const part of symptoms) part.text = part.nodes.map((node) => node.textContent).join(" ").toLowerCase();

  const label = document.createElement("label");
  label.textContent = "What do you see? ";
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = "A word, or the whole message";
  const count = document.createElement("output");
  label.append(box);
  holder.append(label, count);

  // Of a whole message, the sections that share its rare words; of one word, those that have it.
  const filter = () => {
    const words = [...new Set(box.value.toLowerCase().split(/[\s"'`:,;()]+/).filter((word) => word.length > 1))];
    for (const part of symptoms) part.score = 0;
    for (const word of words) {
      const having = symptoms.filter((part) => part.text.includes(word));
      for (const part of having) part.score += 1 / having.length;
    }
    const best = Math.max(...symptoms.map((part) => part.score));
    const shown = symptoms.filter((part) => best > 0 && part.score > best * 0.6);
    // If nothing has the words, what is before the first heading stays: the table, and the links to other pages.
    const always = shown.length === 0 ? [parts[0]] : [];
    for (const part of parts) {
      const hidden = words.length > 0 && ![...shown, ...always].includes(part);
      for (const node of part.nodes) node.hidden = hidden;
    }
    const found = shown.length ? `${shown.length} of ${symptoms.length} symptoms` : "Nothing found: try one word of the message, or the links below.";
    count.textContent = words.length ? found : "";
  };
  box.addEventListener("input", filter);
  window.addEventListener("hashchange", () => { box.value = ""; filter(); }); // A link leads to a section that may be hidden.
})();

// What a keyboard or a screen reader misses in the theme. It makes some of its elements late: hence the observer.
(() => {
  const narrow = window.matchMedia("(max-width: 76.1875em)"); // Where the theme folds its navigation into a drawer.
  const all = (selector, action) => document.querySelectorAll(selector).forEach(action);

  const mend = () => {
    // Labels open the search and the menus; the theme lets Enter press one, and no Tab reach it.
    all("label.md-header__button[for=__search], label.md-header__button[for=__drawer]", (label) => {
      label.tabIndex = 0;
      label.setAttribute("aria-label", label.htmlFor === "__search" ? "Search" : "Menu");
    });
    all("label.md-nav__link[for^=__nav], label.md-nav__title[for^=__nav], label[for=__toc]", (label) => {
      label.tabIndex = narrow.matches ? 0 : -1;
    });
    // A section with a page of its own has a label without a word: the list below it is then named by its title.
    all("nav[aria-labelledby]", (list) => {
      const label = document.getElementById(list.getAttribute("aria-labelledby"));
      const title = list.querySelector(".md-nav__title");
      if (title && (!label || !label.textContent.trim())) {
        list.removeAttribute("aria-labelledby");
        list.setAttribute("aria-label", title.textContent.trim());
        if (label) label.setAttribute("aria-label", title.textContent.trim());
      }
    });
    // The path to a page is named like the menu.
    all("nav.md-path", (path) => path.setAttribute("aria-label", "Path to this page"));
    // The buttons of a code block are no landmark of the page.
    all(".md-code__nav:not([role])", (buttons) => buttons.setAttribute("role", "none"));
    // What scrolls sideways can be scrolled with the arrow keys.
    all(".md-typeset__scrollwrap, .tabbed-labels", (wide) => {
      if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
      else wide.removeAttribute("tabindex");
    });
  };

  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => { planned = false; mend(); });
  };
  mend();
  new MutationObserver(plan).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("resize", plan);
})();
