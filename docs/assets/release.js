// "I run Dynamo X": a switch in the header. It is remembered, and the page follows it: image tags, the chart's version,
// tabs of API versions, and notes on what that release does not have. Without scripts the page is the tested one.
(() => {
  const data = document.getElementById("dynamo-releases");
  if (!data) return;
  const { run, chart, operator, registry, releases } = JSON.parse(data.textContent);
  const KEY = "dynamo-release";
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  // What stands on the page for the release that was run, and what takes its place.
  const image = new RegExp(`(${escaped(registry)}/[\\w.-]+:)${escaped(run)}(?![\\w.-])`, "g");
  const archive = new RegExp(`(dynamo-platform-)${escaped(chart)}(\\.tgz)`, "g");

  const stored = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const store = (name) => {
    try { name === run ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, name); } catch { /* Not remembered. */ }
  };
  const row = (name) => releases.find((release) => release.name === name);
  const parts = (version) => version.split(".").map(Number);
  // Whether a release is older than the first one with something: "1.5" is the whole line of 1.5.
  const before = (name, since) => {
    const [one, other] = [parts(name), parts(since)];
    for (let i = 0; i < other.length; i += 1) if (one[i] !== other[i]) return one[i] < other[i];
    return false;
  };

  const note = (kind, html) => {
    const box = document.createElement("div");
    box.className = `admonition ${kind} release-note`;
    box.setAttribute("role", "note");
    box.append(...html);
    return box;
  };
  const line = (...words) => {
    const paragraph = document.createElement("p");
    paragraph.append(...words);
    return paragraph;
  };

  // Texts as the page has them, by their node, to go back to.
  const written = new WeakMap();
  const rewrite = (release) => {
    let changed = 0;
    document.querySelectorAll(".md-content code").forEach((code) => {
      const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = written.get(node) ?? node.data;
        const now = release.name === run ? text
          : text.replace(image, `$1${release.name}`).replace(archive, `$1${release.chart}$2`);
        if (now !== text) changed += 1;
        if (node.data !== now) {
          written.set(node, text);
          node.data = now;
        }
      }
    });
    return changed;
  };

  const KINDS = { DynamoGraphDeploymentRequest: "dgdr", DynamoGraphDeployment: "dgd" };
  const serves = (release, kind, version) => (release[KINDS[kind]] ?? [version]).includes(version);
  // Pairs of kind and version in a block: in whole manifests, in fragments, in names such as dgd.v1beta1.nvidia.com.
  const asked = (block) => {
    const text = block.textContent;
    const found = [];
    const of = block.getAttribute("data-of") ?? block.querySelector("[data-of]")?.getAttribute("data-of");
    if (of) found.push(of.split("/"));
    const kinds = [...text.matchAll(/^kind:\s*(\w+)/gm)].map((match) => match[1]);
    const versions = [...text.matchAll(/^apiVersion:\s*nvidia\.com\/(\w+)/gm)].map((match) => match[1]);
    versions.forEach((version, i) => found.push([kinds[i] ?? "", version]));
    for (const [, name, version] of text.matchAll(/\b(dynamographdeployment(?:request)?)s?\.(v\w+)\.nvidia\.com/g)) {
      found.push([name.endsWith("request") ? "DynamoGraphDeploymentRequest" : "DynamoGraphDeployment", version]);
    }
    return found;
  };
  const missing = (release, block) => asked(block).find(([kind, version]) => !serves(release, kind, version));

  const choose = (release) => {
    // Tabs are linked: to choose one by its name chooses all of that name.
    const sets = [...document.querySelectorAll(".tabbed-set")];
    const labels = (set) => [...set.querySelectorAll(":scope > .tabbed-labels > label")];
    const older = sets.some((set) => [...set.querySelectorAll(":scope > .tabbed-content > .tabbed-block")]
      .some((block) => [...block.querySelectorAll(".highlight")].some((code) => missing(release, code))));
    const wanted = older ? "v1alpha1" : "v1beta1";
    for (const set of sets) {
      const named = labels(set).map((label) => label.textContent.trim());
      if (named.includes("v1beta1") && named.includes("v1alpha1")) {
        const input = document.getElementById(labels(set)[named.indexOf(wanted)].htmlFor);
        if (input && !input.checked) input.click();
      }
    }
  };

  const warn = (release) => {
    document.querySelectorAll(".md-content .highlight").forEach((block) => {
      if (block.parentElement.closest(".highlight")) return;
      const lack = missing(release, block);
      if (!lack) return;
      const text = `Dynamo ${release.name} does not serve ${lack[0] || "it"} in ${lack[1]}.`;
      block.after(note("warning", [line(text)]));
    });
    const told = new Set();
    document.querySelectorAll("[data-since-release]").forEach((element) => {
      const first = element.dataset.sinceRelease;
      if (!before(release.name, first)) return;
      // The block that the mark's paragraph is about: who copies it may not have read the paragraph.
      const block = element.closest("p")?.nextElementSibling;
      if (block?.matches(".highlight") && !told.has(block) && !missing(release, block)) {
        told.add(block);
        block.after(note("warning", [line(`Dynamo ${release.name} does not have all of this: some of it came with ${first}.`)]));
      }
      const mark = document.createElement("span");
      mark.className = "release-note release-lacks";
      mark.textContent = ` (not in Dynamo ${release.name})`;
      element.append(mark);
    });
  };

  const banner = (release, changed) => {
    const title = document.querySelector(".md-content h1");
    if (!title) return;
    const head = document.createElement("p");
    head.className = "admonition-title";
    head.textContent = `Dynamo ${release.name}: ${release.runs ? "run in part" : "not run"}`;
    const own = changed ? ` Image tags and the chart's version are those of ${release.name}.` : "";
    const ran = release.runs
      ? `Tutorials were run with its ${release.runs} alone, beside the operator as of ${operator}.`
      : `Nothing here was run with ${release.name}.`;
    const words = [line(`This page was written for Dynamo ${run}.${own} ${ran}`)];
    if (release.says) words.push(line(release.says));
    if (document.querySelector(".md-content a[download$='.yaml']")) {
      words.push(line(`Download links still give the files for ${run}: copy the file from the page instead.`));
    }
    const back = document.createElement("button");
    back.type = "button";
    back.className = "release-back";
    back.textContent = `Show the page as it was written, for ${run}`;
    back.addEventListener("click", () => { select.value = run; follow(run, true); select.focus(); });
    words.push(line(back));
    title.after(note("warning", [head, ...words]));
  };

  let shown = run;
  const follow = (name, asked) => {
    const release = row(name) ?? row(run);
    document.querySelectorAll(".release-note").forEach((element) => element.remove());
    const changed = rewrite(release);
    if (release.name !== run || shown !== run) choose(release);
    if (release.name !== run) {
      warn(release);
      banner(release, changed);
    }
    shown = release.name;
    document.documentElement.dataset.release = release.name;
    if (asked) store(release.name);
  };

  const select = document.createElement("select");
  select.className = "release-switch";
  const label = document.createElement("label");
  label.className = "release-choice";
  label.title = "The release of Dynamo that you run";
  const words = document.createElement("span");
  words.textContent = "I run Dynamo ";
  for (const release of [...releases].reverse()) {
    const option = document.createElement("option");
    option.value = release.name;
    option.textContent = release.name === run ? `${release.name} (as tested)` : release.name;
    select.append(option);
  }
  select.value = run;
  select.addEventListener("change", () => follow(select.value, true));
  const place = document.querySelector(".md-header__option");
  label.append(words, select);
  place ? place.before(label) : document.querySelector(".md-header__inner")?.append(label);

  const kept = stored();
  if (kept && row(kept) && kept !== run) {
    select.value = kept;
    follow(kept, false);
  }
})();
