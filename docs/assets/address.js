// Commands that fetch a file from this site name it: the address the reader has it from takes the placeholder's place.
(() => {
  const placeholder = "https://THIS-SITE"; // As tools/docs_site/downloads/offer.py has it.
  const config = document.getElementById("__config");
  if (!config) return;
  const base = new URL(JSON.parse(config.textContent).base + "/", document.location.href);
  const address = base.href.replace(/\/$/, "");
  document.querySelectorAll("pre > code").forEach((code) => {
    if (!code.textContent.includes(placeholder)) return;
    const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(placeholder, address);
  });
})();
